import { type Conflict, conflictMessage } from "@audiences/engine/consumers/Identity"
import type { ProfileProblem } from "@audiences/engine/syncs/MappedProfile"
import type { BatchOutcome } from "../consumers/ConsumerBatch.ts"

/** What became of the profiles of a chunk: a partition of them. */
export interface ChunkCounts {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly duplicate: number
  readonly conflict: number
}

/** What is written of a chunk so far: of every profile what became of it. */
export class WrittenProfiles {
  readonly outcomes: Array<BatchOutcome> = []
  /** The consumer that each profile is; profiles in conflict are left out. */
  readonly ordinals = new Map<string, number>()
  readonly problems: Array<ProfileProblem> = []
  /** Consumers of whom nothing is new but that they were synced. */
  readonly stamped: Array<number> = []
  readonly #seen = new Set<number>()
  readonly #counts = { created: 0, updated: 0, unchanged: 0, duplicate: 0, conflict: 0 }

  get counts(): ChunkCounts {
    return this.#counts
  }

  add(profileId: string, outcome: BatchOutcome): void {
    const { ordinal } = outcome.row
    this.#counts[this.#seen.has(ordinal) ? "duplicate" : outcome.result]++
    this.#seen.add(ordinal)
    this.outcomes.push(outcome)
    this.ordinals.set(profileId, ordinal)
  }

  /** Says nothing new of the consumer. */
  know(profileId: string, ordinal: number): void {
    this.#counts.unchanged++
    this.stamped.push(ordinal)
    this.#seen.add(ordinal)
    this.ordinals.set(profileId, ordinal)
  }

  refuse(profileId: string, conflicts: ReadonlyArray<Conflict>): void {
    this.#counts.conflict++
    const message = conflicts.map((conflict) => conflictMessage(0, conflict)).join("; ")
    this.problems.push({ profileId, message })
  }
}
