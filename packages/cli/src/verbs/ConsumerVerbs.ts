import { served } from "../connection/Server.ts"
import { consumers } from "../consumers/consumers.ts"
import { exportCommand } from "../exports/export.ts"
import { importCommand } from "../imports/import.ts"
import { imports } from "../imports/imports.ts"
import { orders } from "../orders/orders.ts"
import { activities } from "../activities/activities.ts"
import { loyalty } from "../loyalty/loyalty.ts"
import type { AnyCommand } from "./AnyCommand.ts"

export const verbs: ReadonlyArray<AnyCommand> = [
  served(importCommand),
  imports,
  served(exportCommand),
  consumers,
  orders,
  activities,
  loyalty
]
