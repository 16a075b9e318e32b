import { readFileSync } from "node:fs"

/** A type of the published API, in the notation of `spec/wire.json`. */
export type WireType =
  | { readonly kind: "string" | "number" | "integer" | "boolean" | "null" | "unknown" }
  | { readonly kind: "ref"; readonly name: string }
  | { readonly kind: "enum"; readonly values: ReadonlyArray<string | boolean> }
  | { readonly kind: "array"; readonly items: WireType }
  | { readonly kind: "union"; readonly of: ReadonlyArray<WireType> }
  | { readonly kind: "object"; readonly fields: Readonly<Record<string, WireField>>; readonly additional?: WireType }

export interface WireConstraints {
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly default?: unknown
}

export interface WireField extends WireConstraints {
  readonly type: WireType
  readonly required: boolean
  readonly nullable: boolean
}

export interface WireOperation {
  readonly method: string
  readonly path: string
  readonly auth: string
  readonly pathParams: ReadonlyArray<string>
  readonly queryParams: ReadonlyArray<string>
  readonly request: WireType | null
  readonly responses: Readonly<Record<string, WireType>>
}

const wire = JSON.parse(readFileSync(new URL("../../../../spec/wire.json", import.meta.url), "utf8")) as {
  readonly operations: ReadonlyArray<WireOperation>
  readonly types: Readonly<Record<string, WireType>>
}

/** The 35 operations of the published API. */
export const wireOperations = wire.operations

/** As the lists beside this file name an operation: `GET /audiences`. */
export const nameOf = ({ method, path }: { readonly method: string; readonly path: string }): string =>
  `${method} ${path}`

export const wireOperation = (name: string): WireOperation => {
  const found = wireOperations.find((operation) => nameOf(operation) === name)
  if (found === undefined) throw new Error(`${name} is no published operation`)
  return found
}

/** What a reference leads to, with the name under which it is known. */
export const resolved = (type: WireType): { readonly name: string | undefined; readonly type: WireType } => {
  if (type.kind !== "ref") return { name: undefined, type }
  const target = wire.types[type.name]
  if (target === undefined) throw new Error(`${type.name} is no published type`)
  return { name: type.name, type: target }
}
