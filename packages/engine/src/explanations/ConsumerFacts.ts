import { type Consumer, Email, Phone } from "@audiences/domain/Consumer"
import { consumerFields, type ConsumerFieldName, type FieldReference } from "@audiences/domain/ConsumerField"
import { fold } from "@audiences/domain/Fold"
import { earliestInstant, latestInstant } from "@audiences/domain/Instant"
import { canonicalMoney } from "@audiences/domain/Money"
import { DateTime, Schema, Struct } from "effect"
import { foldConsumer } from "../consumers/FoldedConsumer.ts"
import {
  type ComparedConsumer,
  comparedConsumer,
  type ComparedFields,
  type ComparedValue,
  slotOf
} from "../rules/ComparedConsumer.ts"

/** A consumer as rules compare it. */
export const comparedOf = (consumer: Consumer): ComparedConsumer => {
  const texts = foldConsumer(consumer) as unknown as Readonly<Record<string, string | null>>
  const fields = Struct.keys(consumerFields).map((name) => {
    const value: unknown = Object.hasOwn(texts, `${name}Folded`)
      ? texts[`${name}Folded`]
      : (consumer[name as keyof Consumer] ?? null)
    return [
      name,
      DateTime.isDateTime(value)
        ? DateTime.toEpochMillis(value)
        : name === "status"
          ? String(value).toLowerCase()
          : value
    ]
  })
  return comparedConsumer(
    Object.fromEntries(fields) as ComparedFields,
    foldConsumer(consumer).metadataFolded as Readonly<Record<string, unknown>> | null
  )
}

/** What a field says of a consumer: a compared value, or a value of the metadata; null: nothing. */
export const valueAt = (consumer: ComparedConsumer, field: FieldReference): unknown =>
  field._tag === "Attribute"
    ? consumer.values[slotOf[field.name]]
    : ((Object.hasOwn(consumer.metadata, field.key) ? consumer.metadata[field.key] : null) ?? null)

const replaced = (values: ReadonlyArray<ComparedValue>, name: ConsumerFieldName, value: unknown) =>
  values.with(slotOf[name], value as ComparedValue)

const domainOf = (email: unknown): string | null =>
  typeof email === "string" ? email.slice(email.lastIndexOf("@") + 1) : null

/** Parts of folded texts are not always folded together: an accent joins the letter before it. */
const folded = (value: unknown): unknown =>
  typeof value === "string" ? fold(value) : Array.isArray(value) ? value.map(folded) : value

/** The consumer as it would be with another value; its domain goes with its email. */
export const withValue = (consumer: ComparedConsumer, field: FieldReference, given: unknown): ComparedConsumer => {
  const value = folded(given)
  if (field._tag === "Metadata") {
    const { [field.key]: _, ...rest } = consumer.metadata
    // Defined, not assigned: a key may be `__proto__`.
    const metadata = value === null ? rest : Object.fromEntries([...Object.entries(rest), [field.key, value]])
    return { ...consumer, metadata }
  }
  const values = replaced(consumer.values, field.name, value)
  return { ...consumer, values: field.name === "email" ? replaced(values, "emailDomain", domainOf(value)) : values }
}

/** The server's own records: nobody writes them. */
const unchangeable: ReadonlySet<ConsumerFieldName> = new Set([
  "createdAt",
  "createdBy",
  "updatedAt",
  "updatedBy",
  "primaryLastSyncedAt",
  "primarySourceVendor"
])

const isEmail = Schema.is(Email)
const isPhone = Schema.is(Phone)
const mostUnits = 10n ** 20n - 1n

/** Whether a write could bring the field to the value. */
export const isWritable = (field: FieldReference, value: unknown): boolean => {
  if (field._tag === "Metadata") return true
  if (unchangeable.has(field.name)) return false
  switch (field.kind) {
    case "text":
      if (field.name === "status") return value === "active" || value === "inactive"
      if (value === null) return true
      return field.name === "email" ? isEmail(value) : field.name === "phone" ? isPhone(value) : true
    case "number":
      if (typeof value !== "number" || !Number.isFinite(value) || value < 0) return false
      return !field.name.endsWith("Rank") || (Number.isInteger(value) && value <= 5)
    case "money":
      return typeof value === "bigint" && value >= 0n && value <= mostUnits
    case "instant":
      return value === null || (typeof value === "number" && value >= earliestInstant && value <= latestInstant)
    case "boolean":
      return typeof value === "boolean"
  }
}

const decimalOf = (units: bigint): string => {
  const digits = String(units < 0n ? -units : units).padStart(9, "0")
  return (units < 0n ? "-" : "") + canonicalMoney(`${digits.slice(0, -8)}.${digits.slice(-8)}`)
}

/** A compared value as it travels. */
export const wireValue = (field: FieldReference, value: unknown): unknown => {
  if (field._tag === "Metadata" || value === null) return value
  if (field.kind === "money") return decimalOf(value as bigint)
  if (field.kind === "instant") return DateTime.formatIso(DateTime.makeUnsafe(value as number))
  return field.name === "status" ? String(value).toUpperCase() : value
}
