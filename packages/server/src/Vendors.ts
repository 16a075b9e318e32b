import { Connectors } from "@audiences/engine/connectors/Connectors"
import { VendorAccounts } from "@audiences/engine/syncs/VendorAccounts"
import { Effect, Layer, Option } from "effect"

/** The vendors that this server can reach, and the accounts that organizations have there. */
export const Vendors = Layer.mergeAll(
  Layer.succeed(Connectors, new Map()),
  Layer.succeed(VendorAccounts, VendorAccounts.of({ find: () => Effect.succeed(Option.none()) }))
)
