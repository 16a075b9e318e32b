import { Context } from "effect"
import type { Connector } from "./Connector.ts"

/** The vendors that this server can reach, by their names. */
export class Connectors extends Context.Service<Connectors, ReadonlyMap<string, Connector>>()(
  "@audiences/engine/Connectors"
) {}
