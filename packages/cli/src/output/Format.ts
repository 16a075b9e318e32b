import { Effect, Option, Stdio } from "effect"
import { Flag, GlobalFlag } from "effect/cli"
import { UsageError } from "../UsageError.ts"

const fieldsFlag = (name: string) =>
  Flag.String(name).pipe(Flag.withOptionalValue(""), Flag.optional, Flag.withMetavar("fields"))

/** Asked for on any command; off a terminal, JSON is what is printed anyway. */
export const Json = GlobalFlag.Setting("json")({
  flag: fieldsFlag("json").pipe(
    Flag.withDescription("Print JSON, one object per line; of it only these fields, as in --json=id,name")
  )
})

export const Csv = GlobalFlag.Setting("csv")({
  flag: fieldsFlag("csv").pipe(
    Flag.withDescription("Print CSV with a header line: the columns of the table, or these fields, as in --csv=id,name")
  )
})

export const Query = GlobalFlag.Setting("query")({
  flag: Flag.String("query").pipe(
    Flag.optional,
    Flag.withMetavar("expression"),
    Flag.withDescription(
      "Print what a JSONata expression makes of each JSON object, texts without quotes, as in --query name"
    )
  )
})

/** Names of fields, or paths into them such as `pageInfo.endCursor`. */
export type Fields = ReadonlyArray<string>

/** How data is printed. */
export type Format =
  | { readonly _tag: "Table" }
  | { readonly _tag: "Json"; readonly fields: Option.Option<Fields>; readonly query: Option.Option<string> }
  | { readonly _tag: "Csv"; readonly fields: Option.Option<Fields> }

const fieldsOf = (text: string): Option.Option<Fields> => {
  const fields = text
    .split(",")
    .map((field) => field.trim())
    .filter((field) => field !== "")
  return fields.length === 0 ? Option.none() : Option.some(fields)
}

/** Whether JSON was asked for, and not only that nobody watches. */
export const jsonAsked = Effect.map(
  Effect.all([Json, Query]),
  ([json, query]) => Option.isSome(json) || Option.isSome(query)
)

/** What was asked for: tables if people read the output, otherwise JSON, unless told. */
export const format = Effect.gen(function* () {
  const stdio = yield* Stdio.Stdio
  const csv = yield* Csv
  if (Option.isSome(csv)) return { _tag: "Csv", fields: fieldsOf(csv.value) } satisfies Format as Format
  if (!(yield* jsonAsked) && (yield* stdio.stdoutIsTerminal)) return { _tag: "Table" } satisfies Format as Format
  return { _tag: "Json", fields: Option.flatMap(yield* Json, fieldsOf), query: yield* Query } satisfies Format as Format
})

/** Refuses, before anything is done, what could not be printed afterwards. */
export const checkFormat = Effect.gen(function* () {
  if (Option.isSome(yield* Csv) && (yield* jsonAsked))
    return yield* new UsageError({ message: "Give --csv, or --json and --query, not both." })
  const query = yield* Query
  if (Option.isSome(query)) {
    const { parseQuery } = yield* Effect.promise(() => import("./Query.ts"))
    yield* parseQuery(query.value)
  }
})
