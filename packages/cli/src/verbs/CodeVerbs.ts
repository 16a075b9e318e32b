import { plan } from "../plans/plan.ts"
import { apply } from "../plans/apply.ts"
import { pull } from "../plans/pull.ts"
import { served } from "../connection/Server.ts"
import type { AnyCommand } from "./AnyCommand.ts"

export const verbs: ReadonlyArray<AnyCommand> = [served(plan), served(apply), served(pull)]
