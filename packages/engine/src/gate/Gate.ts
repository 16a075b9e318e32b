import { AudienceNotFound } from "@audiences/domain/Audience"
import { AudienceId } from "@audiences/domain/AudienceId"
import { ConsumerId, ConsumerNotFound } from "@audiences/domain/Consumer"
import type {
  MemberCheck,
  MemberCheckQuery,
  MembersCheck,
  MembersChecked,
  PersonChecked
} from "@audiences/domain/MemberCheck"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, Effect, Layer, Option } from "effect"
import { GateKeeper } from "./GateKeeper.ts"
import { type FoundPerson, GateRepo } from "./GateRepo.ts"
import { type LoadedMembership, nothingKnown } from "./LoadedMembership.ts"

/** Whether somebody is in an audience, right now. Never waits long, and never guesses. */
export class Gate extends Context.Service<
  Gate,
  {
    readonly check: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      consumerId: ConsumerId,
      query: MemberCheckQuery
    ) => Effect.Effect<MemberCheck, AudienceNotFound | ConsumerNotFound>
    /** As `check`, where memory suffices; else undefined. Ids are taken in lower case. */
    readonly recall: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      consumerId: ConsumerId,
      query: MemberCheckQuery
    ) => MemberCheck | undefined
    readonly checkAll: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      query: MemberCheckQuery,
      input: MembersCheck
    ) => Effect.Effect<MembersChecked, AudienceNotFound>
  }
>()("@audiences/engine/Gate") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* GateRepo
      const keeper = yield* GateKeeper
      const { memory, now } = keeper

      /** The membership by heart, recent enough; undefined: it has to be read. */
      const remembered = (
        organizationId: OrganizationId,
        audienceId: AudienceId,
        { maxStaleSeconds }: MemberCheckQuery,
        at: number
      ) => {
        const loaded = memory.use(organizationId, audienceId)
        return loaded?.isRecent(at, maxStaleSeconds) === true ? loaded : undefined
      }

      /** Read if need be, and if the database answers in time; undefined: nothing is known. */
      const membershipOf = Effect.fnUntraced(function* (
        organizationId: OrganizationId,
        audienceId: AudienceId,
        query: MemberCheckQuery,
        began: number
      ) {
        let loaded = remembered(organizationId, audienceId, query, began)
        if (loaded !== undefined) return loaded
        // Twice, since the first may be a reading that had begun before.
        for (let tries = 2; tries > 0; tries--) {
          const read = yield* keeper.load(organizationId, audienceId)
          if (Option.isNone(read)) break
          if (Option.isNone(read.value)) return yield* new AudienceNotFound()
          loaded = read.value.value
          if (loaded.isRecent(began, query.maxStaleSeconds)) break
        }
        return loaded ?? memory.membership(organizationId, audienceId)
      })

      const check = Effect.fn("Gate.check")(function* (
        organizationId: OrganizationId,
        audience: AudienceId,
        consumer: ConsumerId,
        query: MemberCheckQuery
      ) {
        const began = now()
        const audienceId = AudienceId.make(audience.toLowerCase())
        const loaded = yield* membershipOf(organizationId, audienceId, query, began)
        if (loaded === undefined) return nothingKnown
        const ordinal = yield* keeper.ordinalOf(organizationId, ConsumerId.make(consumer.toLowerCase()))
        if (Option.isSome(ordinal) && Option.isNone(ordinal.value)) return yield* new ConsumerNotFound()
        const isMember = Option.isSome(ordinal) ? loaded.has(Option.getOrThrow(ordinal.value)) : undefined
        return loaded.answer(isMember, began, query.maxStaleSeconds)
      })

      const recall = (
        organizationId: OrganizationId,
        audienceId: AudienceId,
        consumerId: ConsumerId,
        query: MemberCheckQuery
      ) => {
        const at = now()
        const loaded = remembered(organizationId, audienceId, query, at)
        if (loaded === undefined) return undefined
        const ordinal = memory.consumers(organizationId).find(consumerId)
        return ordinal === -1 ? undefined : loaded.answer(loaded.has(ordinal), at, query.maxStaleSeconds)
      }

      /** People by heart where ids are known, else of the database; undefined: it does not answer. */
      const findPeople = Effect.fnUntraced(function* (organizationId: OrganizationId, { consumers }: MembersCheck) {
        const known = memory.consumers(organizationId)
        const found = consumers.map(({ consumerId }): FoundPerson | null | undefined => {
          const id = consumerId?.toLowerCase()
          const ordinal = id === undefined ? -1 : known.find(id)
          return ordinal === -1 ? undefined : { consumerId: ConsumerId.make(id!), ordinal }
        })
        const rest = consumers.filter((_, i) => found[i] === undefined)
        if (rest.length === 0) return found
        const others = yield* keeper.inTime(repo.findPeople(organizationId, rest))
        if (Option.isNone(others)) return found
        let next = 0
        return found.map((person) => (person === undefined ? others.value[next++] : person))
      })

      const checkAll = Effect.fn("Gate.checkAll")(function* (
        organizationId: OrganizationId,
        audience: AudienceId,
        query: MemberCheckQuery,
        input: MembersCheck
      ) {
        const began = now()
        const audienceId = AudienceId.make(audience.toLowerCase())
        const people = yield* findPeople(organizationId, input)
        // Read after the people: whoever was found in it was there before.
        const loaded = yield* membershipOf(organizationId, audienceId, query, began)
        return { audienceId, results: people.map((person) => checked(loaded, person, began, query)) }
      })

      return Gate.of({ check, recall, checkAll })
    })
  )
}

const checked = (
  loaded: LoadedMembership | undefined,
  person: FoundPerson | null | undefined,
  began: number,
  { maxStaleSeconds }: MemberCheckQuery
): PersonChecked => {
  const consumerId = person?.consumerId ?? null
  if (loaded === undefined) return { consumerId, ...nothingKnown }
  const isMember = person === undefined ? undefined : person !== null && loaded.has(person.ordinal)
  return { consumerId, ...loaded.answer(isMember, began, maxStaleSeconds) }
}
