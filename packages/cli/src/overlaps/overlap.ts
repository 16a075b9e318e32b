import { Effect, Stream } from "effect"
import { Argument, Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { type AudienceOverlap, overlapQuery } from "@audiences/domain/AudienceOverlap"
import { Schema } from "effect"
import { decodeBody } from "../audiences/payload.ts"
import { audienceArgument } from "../Ids.ts"
import { asTable, note, printList, printRecord, type Shown } from "../output/Output.ts"

const shades = [" ", "░", "▒", "▓", "█"]

/** A share as a shade and a percentage: darker is more. */
const heat = (share: number): string =>
  `${shades[Math.ceil(share * (shades.length - 1))] ?? ""} ${`${Math.round(100 * share)}%`.padStart(4)}`

interface Row {
  readonly index: number
  readonly name: string
  readonly count: number
  readonly shared: ReadonlyArray<number>
}

const rowsOf = ({ audiences, intersections }: AudienceOverlap): ReadonlyArray<Row> =>
  audiences.map(({ count, name }, index) => ({ index, name, count, shared: intersections[index] ?? [] }))

const columnsOf = (rows: ReadonlyArray<Row>): ReadonlyArray<Shown<Row>> => [
  { title: "#", align: "right", of: ({ index }) => index + 1 },
  { title: "AUDIENCE", shrinks: true, of: ({ name }) => name },
  { title: "MEMBERS", align: "right", of: ({ count }) => count },
  ...rows.map(({ index }) => ({
    title: `IN ${index + 1}`,
    of: ({ count, shared }: Row) => (count === 0 ? "-" : heat((shared[index] ?? 0) / count))
  }))
]

export const overlap = Command.make(
  "overlap",
  { audiences: audienceArgument.pipe(Argument.variadic({ min: 2 })) },
  Effect.fn("overlaps.overlap")(function* ({ audiences }) {
    const { overlaps } = yield* AudiencesClient
    const query = yield* decodeBody(Schema.Struct(overlapQuery), { audienceIds: audiences.join(",") })
    const found = yield* overlaps.get({ query })
    if (!(yield* asTable)) return yield* printRecord(found)
    const rows = rowsOf(found)
    yield* printList(Stream.fromIterable(rows), columnsOf(rows), "No audiences.")
    yield* note("Each line: how many of this audience's members are in the others.")
  })
).pipe(
  Command.withDescription("Show how many members audiences have in common, as a heat map on a terminal"),
  Command.withExamples([
    {
      command: "audiences overlap 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 01984a3e-7c10-7a80-9d10-3c5f6d0c2f12",
      description: "Of two; up to 100 are compared"
    }
  ])
)
