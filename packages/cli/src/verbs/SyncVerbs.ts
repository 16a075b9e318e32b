import { served } from "../connection/Server.ts"
import { integrations } from "../integrations/integrations.ts"
import { sync } from "../syncs/sync.ts"
import { syncSources } from "../syncs/syncSources.ts"
import type { AnyCommand } from "./AnyCommand.ts"

export const verbs: ReadonlyArray<AnyCommand> = [served(sync), syncSources, integrations]
