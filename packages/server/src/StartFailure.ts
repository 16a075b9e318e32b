import { BucketUnusable } from "@audiences/storage/imports/uploads/UploadBucket"
import { EmbeddedPostgresError } from "@audiences/storage/postgres/EmbeddedPostgresError"
import { Cause, Option } from "effect"
import { Migrator, SqlError } from "effect/sql"
import { ConfigurationError } from "./Configuration.ts"
import { AddressUnavailable } from "./http/NodeServer.ts"

/** The innermost reason is the one that PostgreSQL or the network gave. */
const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(reasonOf).join("; ")
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : reasonOf(error.cause)
}

/** Why the program does not start, for the person who started it. */
export const explain = (cause: Cause.Cause<unknown>): string => {
  const error = Option.getOrUndefined(Cause.findErrorOption(cause))
  if (
    error instanceof ConfigurationError ||
    error instanceof AddressUnavailable ||
    error instanceof BucketUnusable ||
    error instanceof EmbeddedPostgresError
  ) {
    return error.message
  }
  if (SqlError.isSqlError(error) || error instanceof Migrator.MigrationError)
    return `The database cannot be used: ${reasonOf(error)}`
  return Cause.pretty(cause)
}
