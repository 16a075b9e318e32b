import type { Consumer, ConsumerId } from "@audiences/domain/Consumer"
import { fold } from "@audiences/domain/Fold"
import type { ConsumerPatch } from "./ConsumerPatch.ts"

/** What tells people apart, in the order in which it decides. */
export const identifiers = ["email", "phone", "externalId"] as const
export type Identifier = (typeof identifiers)[number]

/** The identifiers of a person in their comparison form; null = not given. */
export type Identifiers = { readonly [Name in Identifier]: string | null }

export const identifiersOf = (consumer: Pick<ConsumerPatch, "email" | "phone" | "primaryExternalId">): Identifiers => ({
  email: typeof consumer.email === "string" ? fold(consumer.email) : null,
  phone: consumer.phone ?? null,
  externalId: typeof consumer.primaryExternalId === "string" ? fold(consumer.primaryExternalId) : null
})

export type Conflict =
  /** The identifier is `owner`'s, who is not whom the first identifier given names: `self`, or nobody yet. */
  | {
      readonly _tag: "Taken"
      readonly identifier: Identifier
      readonly owner: ConsumerId
      readonly self: ConsumerId | null
    }
  /** Entry `other` of the same list gives the same identifier, or is the same person by another one. */
  | { readonly _tag: "Repeated"; readonly identifier: Identifier; readonly other: number }

/** Whom one entry of a list means. `id` is null when it is somebody new; `conflicts` is empty when nothing speaks against it. */
export interface Identity {
  readonly id: ConsumerId | null
  readonly conflicts: ReadonlyArray<Conflict>
}

/** A live consumer with its identifiers. */
export interface KnownPerson extends Identifiers {
  readonly id: ConsumerId
}

export const knownPersonOf = (
  consumer: Pick<Consumer, "id" | "email" | "phone" | "primaryExternalId">
): KnownPerson => ({
  id: consumer.id,
  ...identifiersOf(consumer)
})

/** Live consumers by each of their identifiers. */
export type Directory = { readonly [Name in Identifier]: ReadonlyMap<string, ConsumerId> }

export const directoryOf = (known: Iterable<KnownPerson>): Directory => {
  const directory = {
    email: new Map<string, ConsumerId>(),
    phone: new Map<string, ConsumerId>(),
    externalId: new Map<string, ConsumerId>()
  }
  for (const person of known) {
    for (const name of identifiers) {
      if (person[name] !== null) directory[name].set(person[name], person.id)
    }
  }
  return directory
}

/** Whom the first identifier given names, and which of the later ones are somebody else's. */
export const identify = (given: Identifiers, directory: Directory): Identity => {
  const [first, ...later] = identifiers.filter((name) => given[name] !== null)
  if (first === undefined) return { id: null, conflicts: [] }
  const ownerOf = (name: Identifier) => directory[name].get(given[name]!) ?? null
  const id = ownerOf(first)
  const conflicts = later.flatMap((identifier): Array<Conflict> => {
    const owner = ownerOf(identifier)
    return owner === null || owner === id ? [] : [{ _tag: "Taken", identifier, owner, self: id }]
  })
  return { id, conflicts }
}

/** The entries that share something: by each identifier, and by the known person that they mean. */
const groups = (
  given: ReadonlyArray<Identifiers>,
  identities: ReadonlyArray<Identity>
): Iterable<ReadonlyArray<[number, Identifier]>> => {
  const byKey = new Map<string, Array<[number, Identifier]>>()
  const put = (key: string, entry: [number, Identifier]) => {
    const group = byKey.get(key)
    if (group === undefined) byKey.set(key, [entry])
    else group.push(entry)
  }
  given.forEach((each, index) => {
    const names = identifiers.filter((name) => each[name] !== null)
    names.forEach((name) => put(`${name}:${each[name]}`, [index, name]))
    const id = identities[index]!.id
    if (id !== null) put(`id:${id}`, [index, names[0]!])
  })
  return byKey.values()
}

/**
 * Whom each entry of a list means, all against the same directory. Entries of one list are different people: two that share an
 * identifier, or mean the same consumer, conflict with each other.
 */
export const identifyAll = (given: ReadonlyArray<Identifiers>, directory: Directory): ReadonlyArray<Identity> => {
  const identities = given.map((each) => identify(each, directory))
  const repeated = given.map(() => new Map<Identifier, Conflict>())
  for (const group of groups(given, identities)) {
    if (group.length < 2) continue
    for (const [index, identifier] of group) {
      const other = group[0]![0] === index ? group[1]![0] : group[0]![0]
      if (!repeated[index]!.has(identifier)) repeated[index]!.set(identifier, { _tag: "Repeated", identifier, other })
    }
  }
  return identities.map(({ id, conflicts }, index) => ({ id, conflicts: [...conflicts, ...repeated[index]!.values()] }))
}

const published = {
  email: "Email already exists",
  phone: "Phone already exists",
  externalId: "External ID already exists"
}

/** The published text, and between whom. */
export const conflictMessage = (index: number, conflict: Conflict): string => {
  const text = published[conflict.identifier]
  if (conflict._tag === "Repeated") return `${text}: entries ${index} and ${conflict.other} are the same person`
  const owner = `${text}: it is consumer ${conflict.owner}'s`
  return conflict.self === null ? owner : `${owner}, not consumer ${conflict.self}'s`
}
