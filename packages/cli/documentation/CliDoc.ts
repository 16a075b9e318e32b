import { Option } from "effect"
import type { HelpDoc } from "effect/cli"

/** What stands above is written by hand. */
export const marker = "<!-- From here on: npm run generate:cli-docs -->"

interface Documented {
  readonly path: ReadonlyArray<string>
  readonly help: HelpDoc.HelpDoc
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ")

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> =>
  rows.length === 0
    ? []
    : ["", `| ${head.join(" | ")} |`, `|${"---|".repeat(head.length)}`, ...rows.map((row) => `| ${row.join(" | ")} |`)]

const text = (description: Option.Option<string>): string => cell(Option.getOrElse(description, () => ""))

const flagRow = ({ aliases, description, name, required, type }: HelpDoc.FlagDoc): ReadonlyArray<string> => [
  `\`${[`--${name}`, ...aliases].join(", ")}${type === "boolean" ? "" : ` ${type.replaceAll("|", "\\|")}`}\``,
  `${text(description)}${required ? " (required)" : ""}`
]

const argumentRow = ({ description, name, required, variadic }: HelpDoc.ArgDoc): ReadonlyArray<string> => [
  `\`${name}\`${variadic ? " …" : ""}`,
  `${text(description)}${required ? "" : " (optional)"}`
]

const section = ({ help, path }: Documented): ReadonlyArray<string> => [
  "",
  `${"#".repeat(path.length + 2)} \`${["audiences", ...path].join(" ")}\``,
  "",
  `${help.description}.`,
  "",
  "```",
  help.usage,
  "```",
  ...table(["argument", ""], (help.args ?? []).map(argumentRow)),
  ...table(["flag", ""], help.flags.map(flagRow)),
  ...(help.examples ?? []).flatMap(({ command, description }) => [
    "",
    `${description ?? "Example"}:`,
    "",
    "```sh",
    command,
    "```"
  ])
]

/** A Markdown page of all commands, as `--help` describes them. */
export const cliDoc = ([root, ...commands]: ReadonlyArray<Documented>): string => {
  const groups = root?.help.subcommands ?? []
  return [
    marker,
    "",
    "## Flags of every command",
    ...table(["flag", ""], (root?.help.globalFlags ?? []).map(flagRow)),
    ...groups.flatMap(({ commands: listed, group }) => [
      "",
      `## ${(group ?? "").slice(0, 1)}${(group ?? "").slice(1).toLowerCase()}`,
      ...listed.flatMap(({ name }) => commands.filter(({ path }) => path[0] === name).flatMap(section))
    ]),
    ""
  ].join("\n")
}
