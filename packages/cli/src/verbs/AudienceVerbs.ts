import { list } from "../audiences/list.ts"
import { show } from "../audiences/show.ts"
import { create } from "../audiences/create.ts"
import { update } from "../audiences/update.ts"
import { archive } from "../audiences/archive.ts"
import { refresh } from "../audiences/refresh.ts"
import { count } from "../audiences/count.ts"
import { status } from "../audiences/status.ts"
import { preview } from "../previews/preview.ts"
import { groups } from "../groups/groups.ts"
import { served } from "../connection/Server.ts"
import { rules } from "../rules/rules.ts"
import type { AnyCommand } from "./AnyCommand.ts"

export const verbs: ReadonlyArray<AnyCommand> = [
  served(list),
  served(show),
  served(create),
  served(update),
  served(archive),
  served(refresh),
  served(count),
  served(status),
  served(preview),
  rules,
  groups
]
