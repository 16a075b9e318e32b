import type { MemberCheck, MemberStatus } from "@audiences/domain/MemberCheck"
import { DateTime } from "effect"
import { type Block, blockOf, offsetOf, test } from "../memberships/Block.ts"
import type { PublishedMembership } from "./GateRepo.ts"

/** Milliseconds: when the database was asked, by its clock and by ours. */
export interface Asked {
  readonly database: number
  readonly own: number
}

/** Milliseconds without an answer of the database after which nobody can say what has changed there since. */
const lostAfter = 2000

/** What is said of an audience of which nothing is known. */
export const nothingKnown: MemberCheck = { status: "UNKNOWN", version: null, asOf: null, stale: true, archived: false }

/** A membership in memory: never changed, but replaced. */
export class LoadedMembership {
  readonly published: PublishedMembership
  readonly blocks: ReadonlyMap<number, Block>
  readonly #asked: Asked
  readonly #answers = new Map<string, MemberCheck>()

  constructor(published: PublishedMembership, blocks: ReadonlyMap<number, Block>, asked: Asked) {
    this.published = published
    this.blocks = blocks
    this.#asked = asked
  }

  /** By our clock. */
  get askedAt(): number {
    return this.#asked.own
  }

  /** Of memory, about. */
  get bytes(): number {
    return 1000 + this.blocks.size * 8300
  }

  has(ordinal: number): boolean {
    const block = this.blocks.get(blockOf(ordinal))
    return block !== undefined && test(block, offsetOf(ordinal))
  }

  /** Whether it reflects the writes of `maxStaleSeconds` ago. `now` is of our clock. */
  isRecent(now: number, maxStaleSeconds: number | undefined): boolean {
    const { archived, asOf } = this.published
    if (maxStaleSeconds === undefined || archived || asOf === null) return true
    const databaseNow = this.#asked.database + Math.max(0, now - this.#asked.own)
    return databaseNow - DateTime.toEpochMillis(asOf) <= maxStaleSeconds * 1000
  }

  /** What is said of a consumer who is in it, or not, or (undefined) whom nobody can look for. Of equal answers, one object. */
  answer(isMember: boolean | undefined, now: number, maxStaleSeconds?: number): MemberCheck {
    const { archived, asOf } = this.published
    const lost = now - this.#asked.own > lostAfter
    const known = isMember !== undefined && (archived || (asOf !== null && this.isRecent(now, maxStaleSeconds)))
    const status = !known ? "UNKNOWN" : isMember && !archived ? "IN" : "OUT"
    const key = lost ? `${status} lost` : status
    let answer = this.#answers.get(key)
    if (answer === undefined) this.#answers.set(key, (answer = this.#make(status, lost)))
    return answer
  }

  #make(status: MemberStatus, lost: boolean): MemberCheck {
    const { archived, asOf, stale, version } = this.published
    return { status, version, asOf, stale: stale || lost || (asOf === null && !archived), archived }
  }
}
