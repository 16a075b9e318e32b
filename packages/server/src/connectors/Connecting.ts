import { VendorStandIns } from "@audiences/engine/connectors/VendorHosts"
import { VendorConnectors } from "@audiences/engine/connectors/VendorConnectors"
import { Effect, Layer } from "effect"
import { Configuration } from "../Configuration.ts"

/** The vendors that this server reaches. */
export const Connecting = VendorConnectors.pipe(
  Layer.provide(
    Layer.effect(
      VendorStandIns,
      Effect.map(Configuration, ({ vendorUrls }) => vendorUrls)
    )
  )
)
