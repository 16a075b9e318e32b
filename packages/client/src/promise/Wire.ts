import type { Schema } from "effect"

/** Query parameters as a program has them: numbers and booleans as such, instants as ISO-8601 text. */
export type QueryOf<Fields extends Schema.Struct.Fields> = Friendly<
  Schema.Struct.Encoded<Fields>,
  Schema.Struct.Type<Fields>
>
type Friendly<Encoded, Type> = {
  readonly [Key in keyof Encoded]: Key extends keyof Type
    ? Type[Key] extends string | number | boolean | undefined
      ? Type[Key]
      : Encoded[Key]
    : never
}

/** A value as it travels. */
export type Resource<S extends { readonly Encoded: unknown }> = S["Encoded"]
