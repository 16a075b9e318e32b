import { Effect, Layer } from "effect"
import { CircuitBreaker } from "effect/persistence"
import { OutgoingHttp } from "../outgoing/OutgoingHttp.ts"
import { Connectors } from "./Connectors.ts"
import { makeKlaviyo } from "./Klaviyo.ts"
import { makeMailchimp } from "./Mailchimp.ts"
import { makeSendGrid } from "./SendGrid.ts"
import { makeShopify } from "./Shopify.ts"

/** The vendors that are asked over their own APIs, by their names. They share how hosts are left alone that are down. */
export const vendorConnectors = Effect.map(
  Effect.all([makeKlaviyo, makeMailchimp, makeSendGrid, makeShopify]),
  (all) => new Map(all.map((connector) => [connector.vendor, connector]))
)

/** What they need. */
export const vendorFoundations = Layer.merge(OutgoingHttp.layer, CircuitBreaker.layerStoreMemory())

/** These vendors and no others. */
export const VendorConnectors = Layer.effect(Connectors, vendorConnectors).pipe(Layer.provide(vendorFoundations))
