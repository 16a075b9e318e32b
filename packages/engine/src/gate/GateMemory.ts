import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { DateTime } from "effect"
import type { Block } from "../memberships/Block.ts"
import { ConsumerOrdinals } from "./ConsumerOrdinals.ts"
import type { PublishedMembership } from "./GateRepo.ts"
import { type Asked, LoadedMembership } from "./LoadedMembership.ts"

interface Slot {
  loaded: LoadedMembership
  /** Which use of the memory was the last of it. */
  lastUse: number
}

interface Organized {
  readonly memberships: Map<AudienceId, Slot>
  readonly consumers: ConsumerOrdinals
}

/** What a gate knows by heart: memberships, and the ordinals of consumers, within a limit of bytes. */
export class GateMemory {
  readonly #limit: number
  readonly #organizations = new Map<OrganizationId, Organized>()
  #membershipBytes = 0
  #uses = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get bytes(): number {
    let bytes = this.#membershipBytes
    for (const { consumers } of this.#organizations.values()) bytes += consumers.bytes
    return bytes
  }

  /** Ids are taken in lower case. */
  membership(organizationId: OrganizationId, audienceId: AudienceId): LoadedMembership | undefined {
    return this.#organizations.get(organizationId)?.memberships.get(audienceId)?.loaded
  }

  /** The same, for somebody who asks for it: what was not used for longest is dropped first. */
  use(organizationId: OrganizationId, audienceId: AudienceId): LoadedMembership | undefined {
    const slot = this.#organizations.get(organizationId)?.memberships.get(audienceId)
    if (slot === undefined) return undefined
    slot.lastUse = ++this.#uses
    return slot.loaded
  }

  /** All of one organization, or of every one. */
  memberships(organizationId?: OrganizationId): ReadonlyArray<LoadedMembership> {
    const chosen = organizationId === undefined ? [...this.#organizations.keys()] : [organizationId]
    return chosen.flatMap((id) =>
      Array.from(this.#organizations.get(id)?.memberships.values() ?? [], ({ loaded }) => loaded)
    )
  }

  consumers(organizationId: OrganizationId): ConsumerOrdinals {
    return this.#organized(organizationId).consumers
  }

  /** Whether so many bytes more are within the limit when memberships leave half of it. */
  hasRoom(bytes: number): boolean {
    return this.bytes - this.#membershipBytes + bytes <= this.#limit / 2
  }

  /**
   * Takes in what was read: whole, or what changed since the version that is known. Anything older than what is known changes nothing.
   */
  keep(read: PublishedMembership, asked: Asked): void {
    const { audienceId, organizationId } = read
    const known = this.membership(organizationId, audienceId)
    if (read.since !== null && known?.published.version !== read.since) return
    if (known !== undefined && (known.published.version > read.version || known.askedAt > asked.own)) return
    const asOf = latest(known?.published.asOf ?? null, read.asOf)
    const blocks =
      read.since === null ? withoutEmpty(read.blocks) : read.blocks.size === 0 ? known!.blocks : changed(known!, read)
    const loaded = new LoadedMembership({ ...read, asOf, blocks: none }, blocks, asked)
    this.#membershipBytes += loaded.bytes - (known?.bytes ?? 0)
    const { memberships } = this.#organized(organizationId)
    const slot = memberships.get(audienceId)
    if (slot === undefined) memberships.set(audienceId, { loaded, lastUse: ++this.#uses })
    else slot.loaded = loaded
  }

  forget(organizationId: OrganizationId, audienceId: AudienceId): void {
    const known = this.membership(organizationId, audienceId)
    if (known === undefined) return
    this.#membershipBytes -= known.bytes
    this.#organized(organizationId).memberships.delete(audienceId)
  }

  /** Drops what was not used for longest until the rest is within the limit. */
  trim(): void {
    if (this.bytes <= this.#limit) return
    const slots = [...this.#organizations.values()].flatMap(({ memberships }) => [...memberships.values()])
    for (const { loaded } of slots.sort((a, b) => a.lastUse - b.lastUse)) {
      if (this.bytes <= this.#limit) return
      this.forget(loaded.published.organizationId, loaded.published.audienceId)
    }
  }

  #organized(organizationId: OrganizationId): Organized {
    let organized = this.#organizations.get(organizationId)
    if (organized === undefined) {
      organized = { memberships: new Map(), consumers: new ConsumerOrdinals() }
      this.#organizations.set(organizationId, organized)
    }
    return organized
  }
}

const none: ReadonlyMap<number, Block> = new Map()

/** What was once known to be reflected still is. */
const latest = (before: DateTime.Utc | null, now: DateTime.Utc | null): DateTime.Utc | null =>
  before === null || now === null ? now : DateTime.max(before, now)

const withoutEmpty = (blocks: PublishedMembership["blocks"]): ReadonlyMap<number, Block> => {
  const kept = new Map<number, Block>()
  for (const [number, block] of blocks) if (block !== null) kept.set(number, block)
  return kept
}

const changed = ({ blocks }: LoadedMembership, read: PublishedMembership): ReadonlyMap<number, Block> =>
  withoutEmpty(new Map<number, Block | null>([...blocks, ...read.blocks]))
