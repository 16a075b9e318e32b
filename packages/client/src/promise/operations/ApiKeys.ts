import type { ApiKey, ApiKeyCreate, ApiKeyRotate, ApiKeyWithSecret, apiKeyListQuery } from "@audiences/domain/ApiKey"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { QueryOf, Resource } from "../Wire.ts"

type ApiKeyQuery = QueryOf<typeof apiKeyListQuery>

export const apiKeysOf = (calls: Calls) => ({
  list: (query: ApiKeyQuery = {}) => calls.list<Resource<typeof ApiKey>, ApiKeyQuery>("/api-keys", query),
  /** The secret is shown this once. */
  create: (key: Resource<typeof ApiKeyCreate>) =>
    calls.call<Resource<typeof ApiKeyWithSecret>>("POST", "/api-keys", { body: key }),
  /** A new key in place of one that stops at once, or after `graceSeconds`. */
  rotate: (id: string, options: Resource<typeof ApiKeyRotate> = {}) =>
    calls.call<Resource<typeof ApiKeyWithSecret>>("POST", path`/api-keys/${id}/rotate`, { body: options }),
  revoke: (id: string) => calls.call<Resource<typeof ApiKey>>("DELETE", path`/api-keys/${id}`)
})
