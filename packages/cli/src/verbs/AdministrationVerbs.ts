import { keys } from "../keys/keys.ts"
import { migrate } from "../migrations/migrate.ts"
import { organizations } from "../organizations/organizations.ts"
import { settings } from "../settings/settings.ts"
import { audit } from "../audit/audit.ts"
import { served } from "../connection/Server.ts"
import type { AnyCommand } from "./AnyCommand.ts"

export const verbs: ReadonlyArray<AnyCommand> = [keys, organizations, served(settings), served(audit), migrate]
