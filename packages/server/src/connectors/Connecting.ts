import { Connectors } from "@audiences/engine/connectors/Connectors"
import { vendorConnectors, vendorFoundations } from "@audiences/engine/connectors/VendorConnectors"
import { VendorStandIns } from "@audiences/engine/connectors/VendorHosts"
import { Effect, Layer } from "effect"
import { Configuration } from "../Configuration.ts"
import { makeContractServer } from "./ContractServer.ts"

/** The vendors that this server reaches: those of the engine, and other servers of the contract. */
export const Connecting = Layer.effect(
  Connectors,
  Effect.gen(function* () {
    const contractServer = yield* makeContractServer
    return new Map([...(yield* vendorConnectors), [contractServer.vendor, contractServer]])
  })
).pipe(
  Layer.provide(vendorFoundations),
  Layer.provide(
    Layer.effect(
      VendorStandIns,
      Effect.map(Configuration, ({ vendorUrls }) => vendorUrls)
    )
  )
)
