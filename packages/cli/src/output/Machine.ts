import { Effect, Option, Stdio, Stream } from "effect"
import { asJson, fieldAt } from "./FieldPath.ts"
import type { Fields, Format } from "./Format.ts"
import { note } from "./Note.ts"
import { printable, printableJson, printableLines } from "./Printable.ts"

/** Tells of fields that no object had; the names that there are help to mend a mistyped one. */
const noteMissing = (fields: Fields, found: ReadonlySet<string>, known: ReadonlySet<string>) => {
  const missing = fields.filter((field) => !found.has(field))
  return missing.length === 0 || known.size === 0
    ? Effect.void
    : note(`Nothing here has ${missing.map(printable).join(", ")}. There are ${[...known].map(printable).join(", ")}.`)
}

/** The values of fields, in their order; of a field that an object lacks, null. */
export const withFields = <Item, E, R>(items: Stream.Stream<Item, E, R>, fields: Fields) =>
  Stream.suspend(() => {
    const found = new Set<string>()
    const known = new Set<string>()
    const values = Stream.map(items, (item) => {
      const json = asJson(item)
      for (const key of Object.keys(json as object)) known.add(key)
      return fields.map((field) => {
        const value = fieldAt(json, field)
        if (value !== undefined) found.add(field)
        return value ?? null
      })
    })
    return Stream.concat(
      values,
      Stream.drain(Stream.fromEffect(Effect.suspend(() => noteMissing(fields, found, known))))
    )
  })

/** Lines for programs: objects as JSON, only some of their fields, or what an expression makes of them. */
export const jsonLines = <Item, E, R>(
  items: Stream.Stream<Item, E, R>,
  { fields, query }: Extract<Format, { _tag: "Json" }>
) => {
  const objects: Stream.Stream<unknown, E, R | Stdio.Stdio> = Option.isSome(fields)
    ? Stream.map(withFields(items, fields.value), (values) =>
        Object.fromEntries(fields.value.map((field, i) => [field, values[i]]))
      )
    : items
  if (Option.isNone(query)) return Stream.map(objects, printableJson)
  return Stream.unwrap(
    Effect.gen(function* () {
      const { applyQuery } = yield* Effect.promise(() => import("./Query.ts"))
      const onTerminal = yield* (yield* Stdio.Stdio).stdoutIsTerminal
      const found = applyQuery(Stream.map(objects, asJson), query.value)
      return onTerminal ? Stream.map(found, printableLines) : found
    })
  )
}
