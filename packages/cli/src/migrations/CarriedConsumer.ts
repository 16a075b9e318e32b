import { Result, Schema, Struct } from "effect"
import { ConsumerCreate, type ConsumerFull } from "@audiences/domain/Consumer"
import { schemaIssues } from "@audiences/domain/ValidationError"
import { issueLine } from "../failures/Issue.ts"

const carried = Struct.keys(
  Struct.omit(ConsumerCreate.fields, ["externalId", "verificationCode", "verificationCodeExpiresAt"])
)

const decode = Schema.decodeUnknownResult(Schema.toType(ConsumerCreate), { errors: "all", reportInput: true })

/** Whether the consumer gets an identifier only by being moved. */
export const isNameless = ({ email, phone, primaryExternalId }: ConsumerFull): boolean =>
  [email, phone, primaryExternalId].every((identifier) => (identifier ?? "") === "")

/** Nobody could find a consumer without an identifier again: the id at the source becomes the external id. */
const externalIdOf = (consumer: ConsumerFull): string | null =>
  isNameless(consumer) ? `migrated:${consumer.id}` : consumer.primaryExternalId || null

/** A consumer as it is written here; the problems, if it cannot be. */
export const carriedConsumer = (consumer: ConsumerFull): Result.Result<ConsumerCreate, string> => {
  const externalId = externalIdOf(consumer)
  const body = {
    ...Object.fromEntries(carried.flatMap((name) => (consumer[name] === undefined ? [] : [[name, consumer[name]]]))),
    ...(externalId === null ? {} : { externalId })
  }
  return Result.mapError(decode(body), ({ issue }) => schemaIssues(issue, body).map(issueLine).join("; "))
}

/** Fields that are this server's own, and so are not those of the source. */
export const notCarried: ReadonlySet<string> = new Set([
  "createdAt",
  "createdBy",
  "updatedAt",
  "updatedBy",
  "primarySourceVendor",
  "primaryLastSyncedAt"
])
