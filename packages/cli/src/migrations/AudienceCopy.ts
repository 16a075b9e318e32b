import { Effect, Stream } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { items } from "@audiences/client/Pages"
import type { AudienceFull } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { maxPageSize } from "@audiences/domain/Page"
import { issueLine } from "../failures/Issue.ts"
import type { Declared } from "../plans/AudienceFile.ts"
import { perform } from "../plans/apply.ts"
import { changesOf, settable, unchangeable } from "../plans/Definition.ts"
import { Source } from "./Source.ts"

/** The key of an audience's metadata that holds the id it has at the source: by it a second run knows it again. */
export const originKey = "migratedFrom"

const allAudiences = (client: AudiencesClient["Service"], archived: boolean) =>
  Stream.runCollect(
    items((cursor) =>
      client.audiences.list({
        query: { first: maxPageSize, sortBy: "createdAt", sortDir: "asc", ...(archived ? { archived } : {}), ...cursor }
      })
    )
  )

export const sourceAudiences = Source.use(({ read }) => read((client) => allAudiences(client, false)))

/** The audiences here that came from the source, by their ids there. Those who came and were archived here since are left so. */
export const earlierCopies = Effect.gen(function* () {
  const client = yield* AudiencesClient
  const found = [...(yield* allAudiences(client, false)), ...(yield* allAudiences(client, true))]
  return new Map(
    found.flatMap((audience) => {
      const origin = audience.metadata?.[originKey]
      return typeof origin === "string" ? [[origin, audience] as const] : []
    })
  )
})

/** What the source says, as a file of audiences would. */
export const declarationOf = (source: AudienceFull, asStatic: boolean): Declared => ({
  ...Object.fromEntries(settable.map((field) => [field, source[field] ?? null])),
  name: source.name,
  type: asStatic ? "STATIC_LIST" : source.type,
  metadata: { ...source.metadata, [originKey]: source.id },
  ...(source.type === "DYNAMIC"
    ? {
        rules: source.rules.map(({ field, groupId, operator, position, values }) => ({
          field,
          operator,
          values,
          ...(groupId === undefined ? {} : { groupId }),
          ...(position === undefined ? {} : { position })
        }))
      }
    : {}),
  ...(source.primarySyncSource == null || asStatic
    ? {}
    : {
        primarySyncSource: {
          syncSource: source.primarySyncSource.syncSource,
          syncSourceId: source.primarySyncSource.syncSourceId
        }
      })
})

export interface CopiedAudience {
  readonly action: "create" | "update" | "keep" | "refused"
  readonly id?: AudienceId
  /** Why it is not, or not wholly, as it is there. */
  readonly notes: ReadonlyArray<string>
}

/** Tries the rules of a new audience out; what this server does not take is told before anything is written. */
const refusal = Effect.fnUntraced(function* ({ rules }: Declared) {
  if (rules === undefined) return []
  const { previews } = yield* AudiencesClient
  return yield* previews.preview({ payload: { rules, sampleSize: 0 } }).pipe(
    Effect.as<ReadonlyArray<string>>([]),
    Effect.catchTag("ValidationError", ({ issues }) => Effect.succeed(issues.map(issueLine)))
  )
})

/** Makes an audience here what it is at the source, or only says what that would take. */
export const copyAudience = Effect.fnUntraced(function* (
  declared: Declared,
  found: AudienceFull | undefined,
  dryRun: boolean
) {
  const { name } = declared
  const type = declared.type ?? "DYNAMIC"
  const kept = found === undefined ? {} : { id: found.id }
  if (found?.archived === true)
    return { action: "keep", ...kept, notes: ["archived here: left so"] } satisfies CopiedAudience as CopiedAudience
  const obstacle = found === undefined ? undefined : unchangeable(declared, found)
  if (obstacle !== undefined)
    return { action: "refused", ...kept, notes: [obstacle] } satisfies CopiedAudience as CopiedAudience
  const changes = found === undefined ? [] : changesOf(declared, found)
  const action = found === undefined ? "create" : changes.length > 0 ? "update" : "keep"
  const notes = action === "keep" ? [] : yield* refusal(declared)
  if (notes.length > 0) return { action: "refused", ...kept, notes } satisfies CopiedAudience as CopiedAudience
  if (dryRun || action === "keep") return { action, ...kept, notes } satisfies CopiedAudience as CopiedAudience
  return yield* perform({ declared, step: { action, name, type, changes, expectations: [], ...kept } }).pipe(
    Effect.map((id): CopiedAudience => ({ action, ...(id === undefined ? kept : { id }), notes })),
    Effect.catchTag("ValidationError", ({ issues }) =>
      Effect.succeed({ action: "refused" as const, ...kept, notes: issues.map(issueLine) })
    )
  )
})
