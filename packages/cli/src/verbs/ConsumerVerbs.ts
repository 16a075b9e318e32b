import { importCommand } from "../imports/import.ts"
import { consumers } from "../consumers/consumers.ts"
import { orders } from "../orders/orders.ts"
import { served } from "../connection/Server.ts"
import type { AnyCommand } from "./AnyCommand.ts"

export const verbs: ReadonlyArray<AnyCommand> = [served(importCommand), consumers, orders]
