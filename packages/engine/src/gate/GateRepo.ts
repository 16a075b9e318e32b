import type { AudienceId } from "@audiences/domain/AudienceId"
import type { ConsumerId } from "@audiences/domain/Consumer"
import type { PersonNamed } from "@audiences/domain/MemberCheck"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, type DateTime, type Effect, type Option } from "effect"
import type { Block } from "../memberships/Block.ts"

/** A membership that somebody looks after, and the version of it that is known; null: none. */
export interface KnownMembership {
  readonly organizationId: OrganizationId
  readonly audienceId: AudienceId
  readonly version: number | null
}

/** A published membership, all of one instant. */
export interface PublishedMembership {
  readonly organizationId: OrganizationId
  readonly audienceId: AudienceId
  readonly version: number
  readonly archived: boolean
  /** The instant up to which every committed write is reflected; null: never evaluated. */
  readonly asOf: DateTime.Utc | null
  /** Changes are known that it does not reflect yet, or its refresh is due. */
  readonly stale: boolean
  /** The blocks with members; after a known version only those that have changed, where an absent block has lost its last member. */
  readonly blocks: ReadonlyMap<number, Block | null>
  readonly since: number | null
}

/** Consecutive consumers in rising order: 16 bytes of id and 4 of ordinal (high byte first) each. */
export interface ConsumerIds {
  readonly ids: Uint8Array
  readonly ordinals: Uint8Array
}

export interface FoundPerson {
  readonly consumerId: ConsumerId
  readonly ordinal: number
}

/** What a gate reads. */
export class GateRepo extends Context.Service<
  GateRepo,
  {
    /** Of any organizations, in one statement; those that do not exist are left out. */
    readonly read: (
      known: ReadonlyArray<KnownMembership>,
      now: DateTime.Utc
    ) => Effect.Effect<ReadonlyArray<PublishedMembership>>
    /** Archived ones too. */
    readonly findOrdinal: (
      organizationId: OrganizationId,
      consumerId: ConsumerId
    ) => Effect.Effect<Option.Option<number>>
    /** In the order given; null: nobody. Archived consumers are found by their id only. */
    readonly findPeople: (
      organizationId: OrganizationId,
      people: ReadonlyArray<PersonNamed>
    ) => Effect.Effect<ReadonlyArray<FoundPerson | null>>
    /** Consumers with ordinals above `after`, archived ones too, at most `limit`. */
    readonly consumersAfter: (
      organizationId: OrganizationId,
      after: number,
      limit: number
    ) => Effect.Effect<ConsumerIds>
  }
>()("@audiences/engine/GateRepo") {}
