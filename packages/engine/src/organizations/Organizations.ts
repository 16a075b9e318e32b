import type { Actor } from "@audiences/domain/Actor"
import type { Forbidden, Unauthorized } from "@audiences/domain/api/Authorization"
import { Context, type Effect, type Option, type Redacted } from "effect"

/** Tenants and their keys. */
export class Organizations extends Context.Service<Organizations, {
  /** Who a secret key speaks for. Malformed, unknown and revoked keys are one refusal. */
  readonly authenticate: (secretKey: Redacted.Redacted<string>) => Effect.Effect<Actor, Unauthorized | Forbidden>
  /**
   * Makes the first organization, its test sibling and the given key (else a generated one), if there is no organization yet.
   * Returns the key that was made: it is shown this once.
   */
  readonly bootstrap: (
    firstKey: Option.Option<Redacted.Redacted<string>>
  ) => Effect.Effect<Option.Option<Redacted.Redacted<string>>>
}>()("@audiences/engine/Organizations") {}
