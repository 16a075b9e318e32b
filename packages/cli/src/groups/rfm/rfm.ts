import { Command } from "effect/cli"
import { served } from "../../connection/Server.ts"
import { create } from "./create.ts"
import { explain } from "./explain.ts"
import { run } from "./run.ts"
import { show } from "./show.ts"
import { update } from "./update.ts"

export const rfm = Command.make("rfm").pipe(
  Command.withDescription("Segments by recency, frequency and amount of orders"),
  Command.withSubcommands([served(show), served(create), served(update), served(run), served(explain)])
)
