import { Schema } from "effect"
import { ConsumerId } from "@audiences/domain/Consumer"

/** What a consumer can be named by, and the key of the gate for it. */
export const personKinds = { id: "consumerId", email: "email", phone: "phone", "external-id": "externalId" } as const
export type PersonKind = keyof typeof personKinds

/** What somebody is named by, told by its looks. */
export const kindOf = (person: string): PersonKind =>
  Schema.is(ConsumerId)(person)
    ? "id"
    : person.includes("@")
      ? "email"
      : /^\+[1-9]\d*$/.test(person)
        ? "phone"
        : "external-id"

/** Somebody as the gate is asked about them. */
export const personNamed = (person: string, kind = kindOf(person)) => ({ [personKinds[kind]]: person })
