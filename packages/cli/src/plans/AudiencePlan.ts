import { Effect, Stream } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { items } from "@audiences/client/Pages"
import type { AudienceFull, AudienceType } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { maxPageSize } from "@audiences/domain/Page"
import { UsageError } from "../UsageError.ts"
import type { Declared } from "./AudienceFile.ts"
import { type Change, changesOf, unchangeable, wantsOtherRules } from "./Definition.ts"
import { type Expectation, expectations } from "./Expectations.ts"
import { type MembershipChange, membershipChange } from "./MembershipChange.ts"

/** What is to be done about one audience, and what comes of it. */
export interface Step {
  readonly action: "create" | "update" | "archive" | "keep"
  readonly name: string
  readonly type: AudienceType
  readonly id?: AudienceId
  readonly changes: ReadonlyArray<Change>
  /** Who would come and go, where rules are new. */
  readonly membership?: MembershipChange
  readonly expectations: ReadonlyArray<Expectation>
}

export interface Plan {
  readonly steps: ReadonlyArray<{ readonly step: Step; readonly declared?: Declared }>
  /** On the server, and not in the file. */
  readonly others: ReadonlyArray<AudienceFull>
}

/** All live audiences, oldest first. */
export const liveAudiences = Effect.gen(function* () {
  const { audiences } = yield* AudiencesClient
  const all = items((cursor) =>
    audiences.list({ query: { first: maxPageSize, sortBy: "createdAt", sortDir: "asc", ...cursor } })
  )
  return yield* Stream.runCollect(all)
})

const typeOf = (declared: Declared, found: AudienceFull | undefined): AudienceType | undefined =>
  declared.type ??
  found?.type ??
  (declared.rules === undefined ? (declared.primarySyncSource == null ? undefined : "SYNCED_LIST") : "DYNAMIC")

/** The audience that a declaration means; none: it is a new one. */
const meant = (
  { id, name }: Declared,
  live: ReadonlyArray<AudienceFull>
): Effect.Effect<AudienceFull | undefined, UsageError> => {
  const found = live.filter((audience) => (id === undefined ? audience.name === name : audience.id === id))
  if (found.length > 1)
    return Effect.fail(
      new UsageError({
        message: `${found.length} audiences are called ${JSON.stringify(name)}: say which by id, ${found.map((one) => one.id).join(" or ")}.`
      })
    )
  return id !== undefined && found.length === 0
    ? Effect.fail(
        new UsageError({ message: `There is no audience ${id} (${JSON.stringify(name)}), or it is archived.` })
      )
    : Effect.succeed(found[0])
}

const stepFor = Effect.fnUntraced(function* (declared: Declared, found: AudienceFull | undefined) {
  const { name } = declared
  const type = typeOf(declared, found)
  if (type === undefined)
    return yield* new UsageError({
      message: `${JSON.stringify(name)} is new: say its type, or give it rules by where.`
    })
  const obstacle = found === undefined ? undefined : unchangeable(declared, found)
  if (obstacle !== undefined)
    return yield* new UsageError({ message: `${JSON.stringify(name)} cannot be so: ${obstacle}.` })
  const changes = found === undefined ? [] : changesOf(declared, found)
  const rulesChange = declared.rules !== undefined && (found === undefined || wantsOtherRules(declared, found))
  const membership =
    rulesChange && type === "DYNAMIC" ? { membership: yield* membershipChange(declared, found?.id) } : {}
  return {
    action: found === undefined ? "create" : changes.length > 0 ? "update" : "keep",
    name,
    type,
    ...(found === undefined ? {} : { id: found.id }),
    changes,
    ...membership,
    expectations: yield* expectations(declared, type, found)
  } satisfies Step as Step
})

/** Compares a file with the server. Nothing is changed. With `prune`, what the file does not have is archived. */
export const makePlan = Effect.fn("plans.makePlan")(function* (file: ReadonlyArray<Declared>, prune: boolean) {
  const live = yield* liveAudiences
  const matched = new Set<string>()
  const steps: Array<Plan["steps"][number]> = []
  for (const declared of file) {
    const found = yield* meant(declared, live)
    if (found !== undefined && matched.has(found.id))
      return yield* new UsageError({
        message: `${JSON.stringify(declared.name)} is declared twice, by its id and by its name.`
      })
    if (found !== undefined) matched.add(found.id)
    steps.push({ declared, step: yield* stepFor(declared, found) })
  }
  const others = live.filter(({ id }) => !matched.has(id))
  const archived = others.map(({ id, name, type }) => ({
    step: { action: "archive", id, name, type, changes: [], expectations: [] } satisfies Step as Step
  }))
  return (prune ? { steps: [...steps, ...archived], others: [] } : { steps, others }) satisfies Plan as Plan
})
