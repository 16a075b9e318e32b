import { Command } from "effect/cli"
import { served } from "../../connection/Server.ts"
import { create } from "./create.ts"
import { show } from "./show.ts"
import { update } from "./update.ts"

export const tiers = Command.make("tiers").pipe(
  Command.withDescription("Loyalty tiers: ranges of a value, an audience each"),
  Command.withSubcommands([served(show), served(create), served(update)])
)
