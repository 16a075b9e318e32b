import { login } from "../profiles/login.ts"
import { logout } from "../profiles/logout.ts"
import { profiles } from "../profiles/profiles.ts"
import type { AnyCommand } from "./AnyCommand.ts"

export const verbs: ReadonlyArray<AnyCommand> = [login, logout, profiles]
