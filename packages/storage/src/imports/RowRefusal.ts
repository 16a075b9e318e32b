import { ChunkRefused } from "@audiences/engine/imports/ImportRepo"
import { Effect } from "effect"
import { SqlError } from "effect/sql"

/** Classes of SQLSTATE that say that the rows are to blame: data exceptions, constraints, program limits. */
const rowsToBlame = /^(22|23|54)/

const sqlState = (error: SqlError.SqlError): string => {
  const cause = error.reason.cause
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : ""
}

/** What the database says of rows that it does not take. */
const messageOf = (error: SqlError.SqlError): string => {
  const { cause } = error.reason
  return `The database does not take it: ${cause instanceof Error ? cause.message : "no reason given"} (SQLSTATE ${sqlState(error)})`
}

/** Of rows that the database does not take it is told; all other failures are defects. */
export const refusals = <A, E, R>(run: Effect.Effect<A, E | SqlError.SqlError, R>) =>
  Effect.catchIf(
    run,
    (error): error is SqlError.SqlError => SqlError.isSqlError(error),
    (error) => (rowsToBlame.test(sqlState(error)) ? new ChunkRefused({ message: messageOf(error) }) : Effect.die(error))
  )
