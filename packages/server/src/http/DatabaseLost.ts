import { Cause } from "effect"
import { SqlError } from "effect/sql"

/** PostgreSQL ends a connection, or does not take one yet: it stops, crashed, or starts. */
const awayState = /^57P0[123]$/

const isAway = ({ reason }: SqlError.SqlError): boolean =>
  reason._tag === "ConnectionError" ||
  (typeof reason.cause === "object" &&
    reason.cause !== null &&
    "code" in reason.cause &&
    awayState.test(String(reason.cause.code)))

/** Whether a request failed because the database was away: nobody's fault, and soon over. */
export const isDatabaseLost = (cause: Cause.Cause<unknown>): boolean =>
  cause.reasons.some(
    (reason) => Cause.isDieReason(reason) && SqlError.isSqlError(reason.defect) && isAway(reason.defect)
  )
