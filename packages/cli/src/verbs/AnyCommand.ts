import type { Command, GlobalFlag } from "effect/cli"
import type { Yes } from "../confirmation/Confirmation.ts"
import type { HostInUse } from "../connection/HostInUse.ts"
import type { Csv, Json, Query } from "../output/Format.ts"
import type { ProfileFlag } from "../profiles/Profile.ts"
import type { CommandTree } from "./CommandTree.ts"

type IdentifierOf<S> = S extends GlobalFlag.Setting<infer Id, infer _A> ? GlobalFlag.Setting.Identifier<Id> : never

/** What every verb finds when it runs. */
export type Available =
  | Command.Environment
  | HostInUse
  | CommandTree
  | IdentifierOf<typeof ProfileFlag | typeof Json | typeof Csv | typeof Query | typeof Yes>

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- flags and arguments are of each verb's own
export type AnyCommand = Command.Command<any, any, any, unknown, Available>
