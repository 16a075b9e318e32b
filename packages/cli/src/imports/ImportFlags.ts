import { Option } from "effect"
import { Argument, Flag } from "effect/cli"
import type { ColumnMapping } from "@audiences/domain/ColumnMapping"
import { ImportMode, type ImportQuery, ImportStatus } from "@audiences/domain/Import"
import { optionalKey, pagingFlags } from "../Paging.ts"

/** `column=field`; fields hold no `=`, columns may. */
const mapped = (text: string): Option.Option<readonly [column: string, field: string | null]> => {
  const at = text.lastIndexOf("=")
  return at < 1 ? Option.none() : Option.some([text.slice(0, at), text.slice(at + 1) || null])
}

/** Which imports to list. */
export const importListFlags = {
  ...pagingFlags,
  status: Flag.Literals("status", ImportStatus.literals).pipe(Flag.optional, Flag.withDescription("Those that are it"))
}

/** What every import of a file can be told. */
export const importFlags = {
  file: Argument.String("file").pipe(
    Argument.withDescription(
      "CSV file with a header line; - for standard input, of which a copy is kept until it is sent"
    )
  ),
  watch: Flag.Boolean("watch").pipe(
    Flag.withoutNegation,
    Flag.withDefault(false),
    Flag.withDescription("Wait until it is over, with progress on standard error; exit 1 if it failed")
  ),
  mode: Flag.Literals("mode", ImportMode.literals).pipe(
    Flag.optional,
    Flag.withDescription(
      "create refuses rows of people who are known, update of those who are not; upsert unless given"
    )
  ),
  dryRun: Flag.Boolean("dry-run").pipe(
    Flag.withoutNegation,
    Flag.withDefault(false),
    Flag.withDescription("Write nothing, and report what would happen; waits as with --watch")
  ),
  spreadsheet: Flag.Boolean("spreadsheet").pipe(
    Flag.withoutNegation,
    Flag.withDefault(false),
    Flag.withDescription("Take off the apostrophes that `export --spreadsheet` has put before formulas")
  ),
  errors: Flag.String("errors").pipe(
    Flag.optional,
    Flag.withMetavar("file"),
    Flag.withDescription("Wait as with --watch, and write the refused rows, if any, into this file, with the reasons")
  ),
  mapping: Flag.String("mapping").pipe(
    Flag.filterMap(mapped, (text) => `Expected column=field, or column= to leave the column out, not ${text}`),
    Flag.withMetavar("column=field"),
    Flag.atLeast(0),
    Flag.withDefault([]),
    Flag.withDescription("What a column of the file is; column= leaves it out. May be given several times")
  )
}

export interface ImportFlags {
  readonly file: string
  readonly watch: boolean
  readonly mode: Option.Option<ImportMode>
  readonly dryRun: boolean
  readonly spreadsheet: boolean
  readonly errors: Option.Option<string>
  readonly mapping: ReadonlyArray<readonly [column: string, field: string | null]>
}

export const importQueryOf = (
  given: Pick<ImportFlags, "mode" | "dryRun" | "spreadsheet" | "mapping">
): ImportQuery => ({
  ...optionalKey("mode", given.mode),
  ...(given.dryRun ? { dryRun: true } : {}),
  ...(given.spreadsheet ? { spreadsheet: true } : {}),
  ...(given.mapping.length === 0 ? {} : { mapping: Object.fromEntries(given.mapping) satisfies ColumnMapping })
})
