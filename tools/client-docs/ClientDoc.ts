import { contractErrors } from "./ClientErrors.ts"
import { groups } from "./Operations.ts"
import { declared, docOf, type Member, membersOf, namesOf, staticsOf } from "./SourceFile.ts"

/** What stands above it is written by hand. */
export const marker = "<!-- From here on: npm run generate:client-docs -->"

const cell = (text: string): string => text.replace(/\|/g, "\\|").replace(/\s+/g, " ")

const table = (heads: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [heads, heads.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n")

const code = (text: string): string => (text === "" ? "" : `\`${text}\``)

const fields = (file: string, name: string): string =>
  table(
    ["option", "type", ""],
    membersOf(file, name).map((member: Member) => [code(member.name), code(member.type), member.doc])
  )

const options = (): string =>
  [
    "## Options of the Promise client",
    "`new AudiencesClient(options)`:",
    fields("promise/ClientOptions.ts", "ClientOptions"),
    "Those of a call are given to the client for all calls, or to `client.with(options)` for some:",
    fields("promise/ClientOptions.ts", "CallOptions"),
    "`retry`:",
    fields("retry/RetryDecision.ts", "RetryLimits"),
    "`retryBudget`:",
    fields("retry/RetryBudget.ts", "RetryBudgetSize"),
    "`circuitBreaker`:",
    fields("retry/CircuitBreaker.ts", "CircuitLimits"),
    "`hooks`:",
    fields("promise/Hooks.ts", "Hooks"),
    "`tracer`:",
    fields("promise/Tracer.ts", "Tracer")
  ].join("\n\n")

/** What a team can see and replace: the file, and the name in it. */
const layers: ReadonlyArray<readonly [file: string, name: string]> = [
  ["AudiencesClient", "AudiencesClient"],
  ["Authentication", "Authentication"],
  ["Retry", "Retry"],
  ["Circuit", "Circuit"],
  ["Circuit", "circuitLayer"],
  ["Hooks", "Hooks"],
  ["CurrentCall", "IdempotencyKey"],
  ["CurrentCall", "RequestId"],
  ["Pages", "items"],
  ["Uploads", "Uploads"],
  ["ImportUpload", "uploadImport"],
  ["MemberChecks", "MemberChecks"],
  ["Problem", "problemsOf"],
  ["ClientError", "ClientError"]
]

const isClass = (name: string): boolean => ["AudiencesClient", "Authentication", "Retry"].includes(name)

const effectLayers = (): string =>
  [
    "## Parts of the Effect client",
    table(
      ["", "of `@audiences/client/…`", ""],
      layers.flatMap(([file, name]) => [
        [code(name), code(file), docOf(declared(`${file}.ts`, name))],
        ...(isClass(name)
          ? staticsOf(`${file}.ts`, name)
              .filter(({ doc }) => doc !== "")
              .map((member) => [code(`${name}.${member.name}`), code(file), member.doc])
          : [])
      ])
    )
  ].join("\n\n")

const kinds = (): string => namesOf("AudiencesError.ts", "AudiencesErrorKind").map(code).join(", ")

const errors = (): string =>
  [
    "## Errors",
    `\`ClientError\`: ${docOf(declared("ClientError.ts", "ClientError"))}`,
    "Those of the contract:",
    table(
      ["`_tag` of the Effect client", "status", "`error`"],
      contractErrors().map(({ status, tag, text }) => [code(tag), String(status), text === "" ? "–" : code(text)])
    ),
    `\`AudiencesError.kind\` of the Promise client is one of ${kinds()}. ${docOf(declared("AudiencesError.ts", "AudiencesErrorKind"))}`
  ].join("\n\n")

const operations = (): string =>
  [
    "## Operations",
    "As the Promise client has them. The Effect client has the same groups and names, with arguments by where they travel: `audiences.update({ params: { audienceId }, payload: changes })`. What is not one request of the contract is the Promise client's own; the Effect client has it as a part, above.",
    ...groups().flatMap(({ doc, name, operations }) => [
      `### ${name}`,
      ...(doc === "" ? [] : [doc]),
      table(
        ["call", "request", "answer", ""],
        operations.map(({ answer, call, doc, request }) => [code(call), code(request), answer, doc])
      )
    ])
  ].join("\n\n")

/** The whole document: its head as it is, and everything below it anew. */
export const clientDoc = (present: string): string =>
  [
    present.slice(0, present.indexOf(marker)).trimEnd(),
    marker,
    options(),
    effectLayers(),
    errors(),
    operations(),
    ""
  ].join("\n\n")
