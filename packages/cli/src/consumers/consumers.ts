import { Command } from "effect/cli"
import { served } from "../connection/Server.ts"
import { fileImports } from "../imports/fileImports.ts"
import { importFile } from "../imports/importFile.ts"
import { archive } from "./archive.ts"
import { audiences } from "./audiences.ts"
import { batch } from "./batch.ts"
import { distribution } from "./distribution.ts"
import { list } from "./list.ts"
import { show } from "./show.ts"
import { update } from "./update.ts"

const fromFile = importFile(
  { _tag: "Consumers" },
  {
    description: "Import consumers from a CSV file, without making them members of anything",
    example: "audiences consumers import customers.csv --watch"
  }
)

export const consumers = Command.make("consumers").pipe(
  Command.withDescription("People with attributes, orders and loyalty points"),
  Command.withSubcommands([
    served(list),
    served(show),
    served(audiences),
    served(batch),
    served(fromFile),
    fileImports({ _tag: "Consumers" }),
    served(update),
    served(archive),
    served(distribution)
  ])
)
