import type { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { Api } from "@audiences/domain/api/Api"
import { tolerantSchema } from "./TolerantSchema.ts"

/** `original`, but for some properties. */
const except = <A extends object>(original: A, changes: Partial<Record<keyof A, unknown>>): A =>
  Object.create(
    original,
    Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, { value, enumerable: true }]))
  ) as A

const endpointOf = (endpoint: HttpApiEndpoint.Top): HttpApiEndpoint.Top =>
  except(endpoint, { success: new Set(Array.from(endpoint.success, tolerantSchema)) })

const mapped = <A>(record: Readonly<Record<string, A>>, map: (value: A) => A): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))

const groupOf = (group: HttpApiGroup.Top): HttpApiGroup.Top =>
  except(group, { endpoints: mapped(group.endpoints, endpointOf) })

const groups = Api.groups as unknown as Readonly<Record<string, HttpApiGroup.Top>>

/**
 * The contract as a client reads it: what it sends is the same, what it is answered may be of a newer host. Of the groups named,
 * the others left out.
 */
export const tolerantApi = (names: ReadonlyArray<string> = Object.keys(groups)): typeof Api =>
  except(Api, {
    groups: Object.fromEntries(
      names.flatMap((name) => (groups[name] === undefined ? [] : [[name, groupOf(groups[name])]]))
    )
  })
