import { help } from "./help.ts"
import { completions } from "./completions.ts"
import type { AnyCommand } from "./AnyCommand.ts"

export const verbs: ReadonlyArray<AnyCommand> = [help, completions]
