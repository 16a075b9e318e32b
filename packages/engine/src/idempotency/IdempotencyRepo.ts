import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, type Effect } from "effect"

/** What a key was given for: SHA-256 of method, path and key, and SHA-256 of query and body. */
export interface KeyedRequest {
  readonly organizationId: OrganizationId
  readonly request: Uint8Array
  readonly body: Uint8Array
}

/** An answer as it is kept: its body is encrypted. */
export interface SealedAnswer {
  readonly status: number
  readonly contentType: string
  /** Null: too large to be kept. */
  readonly answer: Uint8Array | null
}

/** What is known of a key. */
export type KeyState =
  /** Nothing, or of one who died: it is ours now, by this name. */
  | { readonly _tag: "Claimed"; readonly claim: string }
  | { readonly _tag: "InFlight"; readonly sameBody: boolean }
  | { readonly _tag: "Answered"; readonly sameBody: boolean; readonly answer: SealedAnswer }

/** Where the answers to requests with an idempotency key are kept, for 24 hours. */
export class IdempotencyRepo extends Context.Service<
  IdempotencyRepo,
  {
    /** Claims the key for ten seconds, unless it is answered or another one's. */
    readonly claim: (request: KeyedRequest) => Effect.Effect<KeyState>
    /** Another ten seconds for one who is still at it. */
    readonly renew: (request: KeyedRequest, claim: string) => Effect.Effect<void>
    readonly complete: (request: KeyedRequest, claim: string, answer: SealedAnswer) => Effect.Effect<void>
    /** There will be no answer to keep. */
    readonly release: (request: KeyedRequest, claim: string) => Effect.Effect<void>
    /** Deletes what has been kept long enough, of every organization. */
    readonly prune: Effect.Effect<void>
  }
>()("@audiences/engine/IdempotencyRepo") {}
