import { Context } from "effect"

/** Where the requests of one vendor may go. */
export interface VendorHosts {
  /** Its name, as in `Connectors`. */
  readonly vendor: string
  /** Matches whole host names. */
  readonly allowed: RegExp
}

/** Servers that stand in for a vendor's own, by vendor: `http://127.0.0.1:5150`. Set by the operator, for tests. */
export const VendorStandIns = Context.Reference<ReadonlyMap<string, string>>("@audiences/engine/VendorStandIns", {
  defaultValue: () => new Map()
})

/** Whether a request may go to the address: over TLS to a host of the vendor, or to what stands in for it. */
export const mayReach = (
  { allowed }: VendorHosts,
  standIn: string | undefined,
  { hostname, origin, port, protocol, username }: URL
): boolean =>
  standIn === undefined
    ? protocol === "https:" && port === "" && username === "" && new RegExp(`^(?:${allowed.source})$`).test(hostname)
    : origin === standIn
