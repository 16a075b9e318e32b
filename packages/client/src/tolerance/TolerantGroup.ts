import type { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { tolerantSchema } from "./TolerantSchema.ts"

/** `original`, but for some properties. */
export const except = <A extends object>(original: A, changes: Partial<Record<keyof A, unknown>>): A =>
  Object.create(
    original,
    Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, { value, enumerable: true }]))
  ) as A

const endpointOf = (endpoint: HttpApiEndpoint.Top): HttpApiEndpoint.Top =>
  except(endpoint, { success: new Set(Array.from(endpoint.success, tolerantSchema)) })

const mapped = <A>(record: Readonly<Record<string, A>>, map: (value: A) => A): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))

/** A group of the contract as a client reads it: what it sends is the same, what it is answered may be of a newer host. */
export const tolerantGroup = (group: HttpApiGroup.Top): HttpApiGroup.Top =>
  except(group, { endpoints: mapped(group.endpoints, endpointOf) })
