import { Command } from "effect/cli"
import { globalFlags } from "./globalFlags.ts"
import { checkFormat } from "./output/Format.ts"
import type { AnyCommand } from "./verbs/AnyCommand.ts"
import { type VerbGroup, verbGroups } from "./verbs/VerbGroups.ts"

// Help indents the first line by two.
const description = `Who is in which audience, right now, and why.

  Prints tables on a terminal, and JSON, one object per line, otherwise or with --json.
  Data goes to standard output, all else to standard error. - for a file is standard input.

ENVIRONMENT
  AUDIENCES_URL         Address of the server. If not set, that of the profile, else
                        http://127.0.0.1:4800/api
  AUDIENCES_SECRET_KEY  Key to use. If not set, that of the profile, else, if the server is on
                        this machine, the one it has written to <data directory>/secret-key
  AUDIENCES_PROFILE     The profile, if --profile does not name one
  AUDIENCES_DATA_DIR    Data directory of a server on this machine (./data)
  NO_COLOR              No colours

EXIT CODES
  0 ok; 1 failure, or somebody checked is not IN; 2 wrong command line or file;
  3 not found; 4 no key, a wrong one, or not allowed; 5 conflict;
  8 \`plan --check\` found something to do`

/** Stands for a verb that has not been loaded: its name can be mistyped, and it can be listed. */
const standIn = (name: string, summary: string): AnyCommand => Command.make(name).pipe(Command.withDescription(summary))

/** The command line, with the verbs that are loaded. */
const tree = (loaded: ReadonlyArray<AnyCommand>) =>
  Command.make("audiences").pipe(
    Command.withDescription(description),
    Command.withSubcommands(
      verbGroups.map(({ group, summaries }) => ({
        group,
        commands: Object.entries(summaries).map(([name, summary]) =>
          Command.withShortDescription(loaded.find((verb) => verb.name === name) ?? standIn(name, summary), summary)
        ) as [AnyCommand, ...ReadonlyArray<AnyCommand>]
      }))
    ),
    Command.provideEffectDiscard(checkFormat),
    Command.withGlobalFlags(globalFlags)
  )

const load = async (groups: ReadonlyArray<VerbGroup>) =>
  tree((await Promise.all(groups.map(({ load }) => load()))).flatMap(({ verbs }) => verbs))

/** The command line for some arguments. Loads every verb that they name: which is the verb, and which a value, is not known yet. */
export const audiencesFor = (args: ReadonlyArray<string>) =>
  load(verbGroups.filter(({ summaries }) => args.some((arg) => Object.hasOwn(summaries, arg))))

/** The whole command line. */
export const audiences = () => load(verbGroups)
