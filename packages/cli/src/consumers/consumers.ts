import { Command } from "effect/cli"
import { served } from "../connection/Server.ts"
import { batch } from "./batch.ts"
import { list } from "./list.ts"
import { show } from "./show.ts"

export const consumers = Command.make("consumers").pipe(
  Command.withDescription("People with attributes, orders and loyalty points"),
  Command.withSubcommands([served(list), served(show), served(batch)])
)
