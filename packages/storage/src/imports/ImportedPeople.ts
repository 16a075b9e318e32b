import type { ConsumerId } from "@audiences/domain/Consumer"
import { problemIssue, type ValidationIssue } from "@audiences/domain/ValidationError"
import type { ImportedRow, RejectedRow } from "@audiences/engine/imports/ConsumerCsv"
import type { ConsumerPatch } from "@audiences/engine/consumers/ConsumerPatch"
import {
  type Conflict,
  type Identifier,
  identifiers,
  type Identifiers,
  identifiersOf,
  identify
} from "@audiences/engine/consumers/Identity"

/** A live consumer that a row of the chunk may mean. */
export interface StoredPerson extends Identifiers {
  readonly id: ConsumerId
  readonly ordinal: number
}

/** One person of a chunk, with all that its rows say of them. */
export interface ImportedPerson {
  /** Null: somebody new. */
  readonly stored: StoredPerson | null
  patch: ConsumerPatch
}

export interface ImportedPeople {
  readonly people: ReadonlyArray<ImportedPerson>
  readonly conflicting: ReadonlyArray<RejectedRow>
  /** Rows after which another of the same person followed. */
  readonly duplicates: number
  /** Identifiers that one stored person gave up and another took over: they must be let go of before they are taken. */
  readonly released: ReadonlyArray<readonly [StoredPerson, Identifier]>
}

const words: { readonly [Name in Identifier]: string } = { email: "Email", phone: "Phone", externalId: "External ID" }

const isNew = (id: string): boolean => id.startsWith("new:")

/** Names both: whose the identifier is, and whom the first one given means. */
const conflictIssue = (
  given: Identifiers,
  first: Identifier,
  { identifier, owner, self }: Conflict & { readonly _tag: "Taken" }
): ValidationIssue =>
  problemIssue(given, {
    path: [identifier],
    type: "unique",
    expected: `the ${identifier} of whom the ${first} means`,
    message:
      `${words[identifier]} already exists: it is ${isNew(owner) ? "of an earlier row" : `consumer ${owner}'s`}, ` +
      `while the ${first} is ${self === null ? "nobody's yet" : isNew(self) ? "of another row" : `consumer ${self}'s`}`
  })

/** Follows the rows of a chunk one after the other, as if each were written before the next is read, without writing any. */
class Following {
  readonly #directory: { readonly [Name in Identifier]: Map<string, ConsumerId> } = {
    email: new Map(),
    phone: new Map(),
    externalId: new Map()
  }
  readonly #people = new Map<string, ImportedPerson>()
  readonly #stored = new Map<string, StoredPerson>()
  readonly #held = new Map<string, { [Name in Identifier]: string | null }>()
  readonly #givenUp = new Map<string, StoredPerson>()
  readonly conflicting: Array<RejectedRow> = []
  readonly released: Array<readonly [StoredPerson, Identifier]> = []
  duplicates = 0

  constructor(stored: ReadonlyArray<StoredPerson>) {
    for (const person of stored) {
      this.#stored.set(person.id, person)
      this.#held.set(person.id, { email: person.email, phone: person.phone, externalId: person.externalId })
      for (const name of identifiers) if (person[name] !== null) this.#directory[name].set(person[name], person.id)
    }
  }

  get people(): ReadonlyArray<ImportedPerson> {
    return [...this.#people.values()]
  }

  follow(row: ImportedRow): void {
    const given = identifiersOf(row.patch)
    const { id, conflicts } = identify(given, this.#directory)
    if (conflicts.length > 0) {
      const first = identifiers.find((name) => given[name] !== null)!
      this.conflicting.push({
        line: row.line,
        issues: conflicts.flatMap((conflict) =>
          conflict._tag === "Taken" ? [conflictIssue(given, first, conflict)] : []
        )
      })
      return
    }
    const key = id ?? (`new:${this.#people.size}` as ConsumerId)
    const person = this.#people.get(key)
    if (person === undefined) this.#people.set(key, { stored: this.#stored.get(key) ?? null, patch: row.patch })
    else {
      person.patch = overlaid(person.patch, row.patch)
      this.duplicates++
    }
    this.#take(key, given)
  }

  #take(id: ConsumerId, given: Identifiers): void {
    const held = this.#held.get(id) ?? { email: null, phone: null, externalId: null }
    this.#held.set(id, held)
    for (const name of identifiers) {
      const value = given[name]
      if (value === null || held[name] === value) continue
      const old = held[name]
      if (old !== null) {
        this.#directory[name].delete(old)
        const stored = this.#stored.get(id)
        if (stored !== undefined && stored[name] === old) this.#givenUp.set(`${name}:${old}`, stored)
      }
      const giver = this.#givenUp.get(`${name}:${value}`)
      if (giver !== undefined && giver.id !== id) this.released.push([giver, name])
      this.#directory[name].set(value, id)
      held[name] = value
    }
  }
}

/** What two rows say of one person: where both say something, the later. */
const overlaid = (earlier: ConsumerPatch, later: ConsumerPatch): ConsumerPatch => {
  const patch = { ...earlier, ...later }
  return earlier.metadata && later.metadata ? { ...patch, metadata: { ...earlier.metadata, ...later.metadata } } : patch
}

/** Whom the rows of a chunk mean, by the stored consumers that share an identifier with any of them. */
export const importedPeople = (
  rows: ReadonlyArray<ImportedRow>,
  stored: ReadonlyArray<StoredPerson>
): ImportedPeople => {
  const following = new Following(stored)
  for (const row of rows) following.follow(row)
  const { people, conflicting, duplicates, released } = following
  return { people, conflicting, duplicates, released }
}
