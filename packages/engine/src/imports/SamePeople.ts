import type { ImportMode } from "@audiences/domain/Import"
import { type Identifier, identifiers } from "../consumers/Identity.ts"

/** Identifiers by numbers from 1 that stand for them, each kind's own; 0 = not given. */
export type CodedIdentifiers = { readonly [Name in Identifier]: number }

/** A later identifier of a row is somebody else's than the first one's. */
export interface TakenIdentifier {
  readonly identifier: Identifier
  readonly owner: number
  /** Whom the first identifier means; null: nobody yet. */
  readonly self: number | null
}

/** Whom a row means. People have numbers: known ones from 0, then those whom the file brings. */
export type RowMeaning =
  | { readonly _tag: "Person"; readonly person: number }
  | { readonly _tag: "Taken"; readonly taken: ReadonlyArray<TakenIdentifier> }
  /** Is to be created, and is known. */
  | { readonly _tag: "Known"; readonly person: number }
  /** Is to be updated, and is nobody. */
  | { readonly _tag: "Unknown" }

export interface SamePeopleOptions {
  /** Of each kind of identifier, the greatest number. */
  readonly codes: CodedIdentifiers
  /** How many people are known already. */
  readonly known: number
  readonly rows: number
  readonly mode: ImportMode
}

const nobody = -1

/**
 * Follows the rows of a file one after the other, as if each were written before the next is read, by the identifiers alone. It takes 4
 * bytes for each identifier, 12 for each person and 4 for each row, however long they are.
 */
export class SamePeople {
  readonly #mode: ImportMode
  readonly #known: number
  readonly #owners: { readonly [Name in Identifier]: Int32Array }
  readonly #held: { readonly [Name in Identifier]: Int32Array }
  readonly #lastRows: Int32Array
  #people: number

  constructor({ codes, known, mode, rows }: SamePeopleOptions) {
    const each = <A>(make: (name: Identifier) => A) => ({
      email: make("email"),
      phone: make("phone"),
      externalId: make("externalId")
    })
    this.#mode = mode
    this.#known = known
    this.#people = known
    this.#owners = each((name) => new Int32Array(codes[name] + 1).fill(nobody))
    this.#held = each(() => new Int32Array(known + rows))
    this.#lastRows = new Int32Array(known + rows).fill(nobody)
  }

  know(person: number, held: CodedIdentifiers): void {
    this.#take(person, held)
  }

  /** Rows are numbered by the caller, rising. */
  follow(row: number, given: CodedIdentifiers): RowMeaning {
    const [first, ...later] = identifiers.filter((name) => given[name] !== 0)
    const self = first === undefined ? nobody : this.#owners[first][given[first]]!
    const taken = later.flatMap((identifier): ReadonlyArray<TakenIdentifier> => {
      const owner = this.#owners[identifier][given[identifier]]!
      return owner === nobody || owner === self ? [] : [{ identifier, owner, self: self === nobody ? null : self }]
    })
    if (taken.length > 0) return { _tag: "Taken", taken }
    if (self === nobody && this.#mode === "update") return { _tag: "Unknown" }
    if (self !== nobody && self < this.#known && this.#mode === "create") return { _tag: "Known", person: self }
    const person = self === nobody ? this.#people++ : self
    this.#lastRows[person] = row
    this.#take(person, given)
    return { _tag: "Person", person }
  }

  /** The last row so far that meant a person; undefined: none did. */
  lastRow(person: number): number | undefined {
    const row = this.#lastRows[person]!
    return row === nobody ? undefined : row
  }

  isKnown(person: number): boolean {
    return person < this.#known
  }

  #take(person: number, given: CodedIdentifiers): void {
    for (const name of identifiers) {
      const code = given[name]
      const old = this.#held[name][person]!
      if (code === 0 || code === old) continue
      if (old !== 0) this.#owners[name][old] = nobody
      this.#owners[name][code] = person
      this.#held[name][person] = code
    }
  }
}
