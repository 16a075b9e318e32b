import type { Actor } from "@audiences/domain/Actor"
import { AudienceName } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { AuditAction } from "@audiences/domain/AuditEntry"
import type { SyncSourceId } from "@audiences/domain/SyncSource"
import type { VendorImport, VendorImportResult } from "@audiences/domain/VendorImport"
import { Array, Effect, Option, Schema } from "effect"
import { makeAudience } from "../audiences/NewAudience.ts"
import type { Connector, ConnectorError, Credentials, VendorList } from "../connectors/Connector.ts"
import { ListNotFound } from "../connectors/Connector.ts"
import { Connectors } from "../connectors/Connectors.ts"
import { DatabaseClock } from "../DatabaseClock.ts"
import { Integrations } from "../integrations/Integrations.ts"
import { SyncRepo } from "./SyncRepo.ts"
import { tellable } from "./VendorText.ts"

/** The vendors whose lists can be taken over, as people write them. */
export const vendors = { klaviyo: "Klaviyo", mailchimp: "Mailchimp", sendgrid: "SendGrid" } as const
export type Vendor = keyof typeof vendors

/** Seconds from one sync of a list that was taken over to the next, until somebody chooses otherwise. */
const importedIntervalSeconds = 3600

type Skipped = VendorImportResult["skipped"][number]
type Outcome =
  | {
      readonly _tag: "Imported"
      readonly listId: string
      readonly audienceId: AudienceId
      readonly syncSourceId: SyncSourceId
    }
  | ({ readonly _tag: "Skipped"; readonly isFinal: boolean } & Skipped)

const skipped = (
  listId: string,
  reason: string,
  more: Partial<Skipped> & { readonly isFinal?: boolean } = {}
): Outcome => ({
  _tag: "Skipped",
  isFinal: false,
  listId,
  reason,
  ...more
})

/** The list under whichever kind the vendor knows it. */
const findList = (
  connector: Connector,
  credentials: Credentials,
  listId: string
): Effect.Effect<VendorList, ConnectorError> =>
  connector.kinds
    .map((kind) => connector.list(credentials, kind, listId))
    .reduceRight(
      (rest, list) => Effect.catchTag(list, "ListNotFound", () => rest),
      Effect.fail(new ListNotFound({ message: "No such list" })) as Effect.Effect<VendorList, ConnectorError>
    )

const decodeName = Schema.decodeUnknownOption(AudienceName)

/** A vendor's name of a list, as an audience may be called. */
const nameOf = ({ id, name }: VendorList): string =>
  Option.getOrElse(decodeName(Array.fromIterable(tellable(name).trim()).slice(0, 255).join("")), () =>
    `List ${id}`.slice(0, 255)
  )

/** What keeps every list from being taken over, if anything does. */
const accessTo = Effect.fnUntraced(function* ({ organizationId }: Actor, vendor: Vendor) {
  const connector = (yield* Connectors).get(vendor)
  if (connector === undefined) return `This server cannot reach ${vendors[vendor]}`
  const integrations = yield* Integrations
  return yield* integrations.credentials(organizationId, vendor).pipe(
    Effect.map(({ credentials }) => ({ connector, credentials })),
    Effect.catchTags({
      IntegrationNotFound: () => Effect.succeed(`No credentials for ${vendors[vendor]}`),
      EncryptionKeyMissing: ({ error }) => Effect.succeed(error)
    })
  )
})

const takeOver = Effect.fnUntraced(function* (actor: Actor, vendor: Vendor, list: VendorList) {
  const repo = yield* SyncRepo
  const clock = yield* DatabaseClock
  const made = yield* makeAudience(actor, yield* clock.now, {
    name: nameOf(list),
    type: "SYNCED_LIST",
    refreshIntervalSeconds: importedIntervalSeconds,
    primarySyncSource: { syncSource: `${vendor}:${list.kind}`, syncSourceId: list.id }
  })
  const existing = yield* repo.takeOver(actor, made, `syncs.${vendor}` satisfies AuditAction)
  const { audience, syncSource } = made
  return Option.isSome(existing) ? existing.value : { audienceId: audience.id, syncSourceId: syncSource!.id }
})

const withAudience = (listId: string, existingAudienceId: AudienceId): Outcome =>
  skipped(listId, "List has an audience already", { existingAudienceId })

/** Asks the vendor for a list, and takes it over. A failure is final: of another list it would be the same. */
const importList = (
  actor: Actor,
  vendor: Vendor,
  { connector, credentials }: { readonly connector: Connector; readonly credentials: Credentials },
  listId: string
) =>
  findList(connector, credentials, listId).pipe(
    Effect.flatMap((list) => takeOver(actor, vendor, list)),
    Effect.map((taken): Outcome =>
      typeof taken === "string" ? withAudience(listId, taken) : { _tag: "Imported", listId, ...taken }
    ),
    Effect.catchTag("ListNotFound", () => Effect.succeed(skipped(listId, `${vendors[vendor]} knows no such list`))),
    Effect.catch(({ message }) => Effect.succeed(skipped(listId, tellable(message), { isFinal: true })))
  )

/** Takes over one list after the other; once the vendor lets nobody in or is away, it is not asked again. */
export const importLists = Effect.fnUntraced(function* (actor: Actor, vendor: Vendor, { listIds }: VendorImport) {
  const repo = yield* SyncRepo
  let access = yield* accessTo(actor, vendor)
  const outcomes: Array<Outcome> = []
  for (const listId of listIds) {
    const existing = yield* repo.audienceOf(actor.organizationId, vendor, listId)
    const outcome = Option.isSome(existing)
      ? withAudience(listId, existing.value)
      : typeof access === "string"
        ? skipped(listId, access)
        : yield* importList(actor, vendor, access, listId)
    outcomes.push(outcome)
    if (outcome._tag === "Skipped" && outcome.isFinal) access = outcome.reason
  }
  return outcomes
})

/** In the published form. */
export const resultOf = (outcomes: ReadonlyArray<Outcome>): VendorImportResult => ({
  imported: outcomes.flatMap((each) =>
    each._tag === "Imported"
      ? [{ listId: each.listId, syncSourceId: each.syncSourceId, status: "PENDING" as const }]
      : []
  ),
  skipped: outcomes.flatMap((each) => {
    if (each._tag !== "Skipped") return []
    const { existingAudienceId = null, listId, reason } = each
    return [{ listId, reason, existingAudienceId }]
  })
})
