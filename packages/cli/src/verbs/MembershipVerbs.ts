import { members } from "../members/members.ts"
import { check } from "../gate/check.ts"
import { explain } from "../gate/explain.ts"
import { history } from "../versions/history.ts"
import { snapshots } from "../versions/snapshots.ts"
import { overlap } from "../overlaps/overlap.ts"
import { served } from "../connection/Server.ts"
import { versions } from "../versions/versions.ts"
import type { AnyCommand } from "./AnyCommand.ts"

export const verbs: ReadonlyArray<AnyCommand> = [
  served(members),
  served(check),
  served(explain),
  served(history),
  versions,
  snapshots,
  served(overlap)
]
