import type {
  Connector,
  ConnectorError,
  Credentials,
  MemberPage,
  VendorProfile
} from "@audiences/engine/connectors/Connector"
import { VendorStandIns } from "@audiences/engine/connectors/VendorHosts"
import { type Patience, VendorPatience } from "@audiences/engine/connectors/VendorPatience"
import { OutgoingHttp } from "@audiences/engine/outgoing/OutgoingHttp"
import { Duration, Effect, Layer, Redacted, type Scope, Stream } from "effect"
import { CircuitBreaker } from "effect/persistence"

const hasty: Patience = {
  retries: 3,
  delay: Duration.millis(5),
  longestDelay: Duration.millis(20),
  total: Duration.seconds(5),
  failing: Duration.seconds(5),
  attempt: Duration.seconds(5)
}

/** A connector that asks a local server instead of its vendor, and has little patience. */
export const connected = <R>(
  make: Effect.Effect<Connector, never, R>,
  vendor: string,
  origin: string,
  patience: Partial<Patience> = {}
): Effect.Effect<Connector, never, Scope.Scope | Exclude<R, OutgoingHttp | CircuitBreaker.CircuitBreakerStore>> =>
  Effect.flatMap(Layer.build(Layer.merge(OutgoingHttp.layer, CircuitBreaker.layerStoreMemory())), (services) =>
    make.pipe(
      Effect.provideContext(services),
      Effect.provideService(VendorStandIns, new Map([[vendor, origin]])),
      Effect.provideService(VendorPatience, { ...hasty, ...patience })
    )
  ) as never

export const secrets = (values: Readonly<Record<string, string>>): Credentials =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Redacted.make(value)]))

export const profilesOf = (
  pages: Stream.Stream<MemberPage, ConnectorError>
): Effect.Effect<Array<VendorProfile>, ConnectorError> =>
  Effect.map(Stream.runCollect(pages), (all) => all.flatMap(({ profiles }) => profiles))
