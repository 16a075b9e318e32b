import { Schema } from "effect"

/** A number, or an amount of money as a decimal string. */
export const Quantity = Schema.Union([Schema.String, Schema.Finite])
export type Quantity = typeof Quantity.Type
