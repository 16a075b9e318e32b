import { Data, Effect, Stream } from "effect"
import type { AudienceType } from "@audiences/domain/Audience"
import { asTable, note, printList, printRecord, type Shown } from "../output/Output.ts"
import type { CopiedAudience } from "./AudienceCopy.ts"
import type { Rejection } from "./ConsumerCopy.ts"

/** One audience, there and here. */
export interface AudienceReport {
  readonly sourceId: string
  readonly id: string | null
  readonly name: string
  readonly type: AudienceType
  readonly action: CopiedAudience["action"]
  /** Members; null: not known. */
  readonly source: number | null
  readonly here: number | null
  readonly notes: ReadonlyArray<string>
}

export interface MigrationReport {
  readonly from: string
  readonly to: string
  readonly dryRun: boolean
  readonly consumers: {
    /** Read at the source by this run. */
    readonly read: number
    /** Here now; of a dry run, those that would be. */
    readonly copied: number
    readonly rejected: number
    /** They have no identifier at the source: their external id here is `migrated:<id at the source>`. */
    readonly withoutIdentifier: number
    /** The first 1,000. */
    readonly rejections: ReadonlyArray<Rejection>
  }
  readonly audiences: ReadonlyArray<AudienceReport>
}

/** Rejections that a report keeps. */
export const maxRejections = 1000

/** Something of the source is not here. The report says what. */
export class MigrationIncomplete extends Data.TaggedError("MigrationIncomplete")<{ readonly message: string }> {}

const columns: ReadonlyArray<Shown<AudienceReport>> = [
  { title: "AUDIENCE", shrinks: true, of: ({ name }) => name },
  { title: "TYPE", of: ({ type }) => type },
  { title: "ACTION", of: ({ action }) => action },
  { title: "THERE", align: "right", of: ({ source }) => source },
  { title: "HERE", align: "right", of: ({ here }) => here },
  { title: "NOTES", shrinks: true, of: ({ notes }) => notes.join("; ") }
]

const number = (count: number): string => count.toLocaleString("en-US")

/** Rejections that a person is shown; all that are kept are in the JSON. */
const shownRejections = 10

const notesOf = ({ consumers, dryRun }: MigrationReport): ReadonlyArray<string> => [
  `${number(consumers.read)} consumers read, ${number(consumers.copied)} ${dryRun ? "can be copied" : "are here"}, ${number(consumers.rejected)} rejected.`,
  ...(consumers.withoutIdentifier > 0
    ? [
        `${number(consumers.withoutIdentifier)} have no email, phone or external id there: here their external id is migrated:<id there>.`
      ]
    : []),
  ...consumers.rejections.slice(0, shownRejections).map(({ reason, sourceId }) => `  ${sourceId}: ${reason}`),
  ...(consumers.rejected > shownRejections
    ? [`  and ${number(consumers.rejected - shownRejections)} more; --json tells up to ${number(maxRejections)}.`]
    : [])
]

/** Prints a report; fails when something of the source is not here. */
export const printReport = Effect.fnUntraced(function* (report: MigrationReport) {
  if (yield* asTable) yield* printList(Stream.fromIterable(report.audiences), columns, "No audiences.")
  else yield* printRecord(report)
  for (const line of notesOf(report)) yield* note(line)
  const refused = report.audiences.filter(({ action }) => action === "refused").length
  if (report.consumers.rejected === 0 && refused === 0) return
  return yield* new MigrationIncomplete({
    message: `Not all ${report.dryRun ? "can be" : "is"} here: ${number(report.consumers.rejected)} consumers and ${number(refused)} audiences were refused, for the reasons above. Mend them there and run the command again`
  })
})
