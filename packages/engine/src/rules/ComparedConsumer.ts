import { consumerFields, type ConsumerFieldName } from "@audiences/domain/ConsumerField"
import { Struct } from "effect"

/** Text folded; money in units of 10⁻⁸; an instant in milliseconds since 1970. Null: missing. */
export type ComparedValue = string | number | bigint | boolean | null

/** One consumer as rules compare it. */
export interface ComparedConsumer {
  /** By `slotOf`: an object of so many fields would be looked up by hash. A field that nobody asks for may be left out, as null. */
  readonly values: ReadonlyArray<ComparedValue>
  /** With every text folded. */
  readonly metadata: Readonly<Record<string, unknown>>
}

const names = Struct.keys(consumerFields)

/** Where each field stands among the values. */
export const slotOf = Object.fromEntries(names.map((name, slot) => [name, slot])) as Readonly<
  Record<ConsumerFieldName, number>
>

/** Whole numbers of 10⁻⁸ in a decimal amount. */
export const moneyUnits = (decimal: string): bigint => {
  const [whole = "", fraction = ""] = decimal.split(".")
  return BigInt(whole + fraction.padEnd(8, "0"))
}

/** Texts folded, money as decimals, instants in milliseconds. */
export type ComparedFields = Partial<Record<ConsumerFieldName, string | number | boolean | null>>

export const comparedConsumer = (
  fields: ComparedFields,
  metadata: Readonly<Record<string, unknown>> | null
): ComparedConsumer => ({
  values: names.map((name) => {
    const value = fields[name] ?? null
    return consumerFields[name] === "money" && value !== null ? moneyUnits(String(value)) : value
  }),
  metadata: metadata ?? {}
})
