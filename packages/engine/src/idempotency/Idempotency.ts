import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, Effect, Fiber, Layer, Option, Redacted, Schedule } from "effect"
import { createHash } from "node:crypto"
import { IdempotencyRepo, type KeyedRequest } from "./IdempotencyRepo.ts"
import { seal, unseal } from "./SealedBody.ts"

/** A request that is to be done once, however often it comes. */
export interface IdempotentRequest {
  readonly organizationId: OrganizationId
  readonly method: string
  readonly path: string
  readonly key: string
  readonly body: Uint8Array
  /** The caller's secret key: nobody else can read the answer that is kept. */
  readonly secretKey: Redacted.Redacted<string>
}

export interface KeptAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: Uint8Array
}

/** What became of a request. */
export type Idempotent<Response> =
  /** It was done just now. */
  | { readonly _tag: "Done"; readonly response: Response }
  /** It was done before: this was the answer. */
  | { readonly _tag: "Replayed"; readonly answer: KeptAnswer }
  /** It is being done. */
  | { readonly _tag: "InFlight" }
  /** The key stands for another request. */
  | { readonly _tag: "OtherBody" }
  /** It was done with another API key, which alone can read the answer. */
  | { readonly _tag: "OtherCaller" }

/** Does requests once that carry a key, and keeps their answers for 24 hours. */
export class Idempotency extends Context.Service<
  Idempotency,
  {
    /**
     * Does it, unless it was done or is being done by anybody. Once begun it is finished, even if the caller goes away. `keep` says
     * what of the response is kept; `undefined`: the same request may be done again.
     */
    readonly once: <Response, E, R>(
      request: IdempotentRequest,
      work: Effect.Effect<Response, E, R>,
      keep: (response: Response) => KeptAnswer | undefined
    ) => Effect.Effect<Idempotent<Response>, E, R>
    /** Deletes what has been kept long enough. */
    readonly prune: Effect.Effect<void>
  }
>()("@audiences/engine/Idempotency") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* IdempotencyRepo

      /** Says every three seconds that the work is going on. */
      const whileRenewing = <A, E, R>(request: KeyedRequest, claim: string, work: Effect.Effect<A, E, R>) =>
        Effect.gen(function* () {
          const renewing = yield* repo.renew(request, claim).pipe(
            Effect.catchCause((cause) => Effect.logWarning("Renewing the claim of an idempotency key failed", cause)),
            Effect.repeat(Schedule.spaced("3 seconds")),
            Effect.delay("3 seconds"),
            Effect.interruptible,
            Effect.forkChild
          )
          return yield* Effect.ensuring(work, Fiber.interrupt(renewing))
        })

      const once = Effect.fnUntraced(function* <Response, E, R>(
        given: IdempotentRequest,
        work: Effect.Effect<Response, E, R>,
        keep: (response: Response) => KeptAnswer | undefined
      ) {
        const request = keyedRequest(given)
        const secret = Redacted.value(given.secretKey)
        const state = yield* repo.claim(request)
        if (state._tag !== "Claimed") {
          const outcome: Idempotent<Response> = !state.sameBody
            ? { _tag: "OtherBody" }
            : state._tag === "InFlight"
              ? { _tag: "InFlight" }
              : Option.match(unseal(secret, request.request, state.answer.answer), {
                  onNone: () => ({ _tag: "OtherCaller" }) as const,
                  onSome: (body) => ({ _tag: "Replayed", answer: { ...state.answer, body } }) as const
                })
          return outcome
        }
        const { claim } = state
        const done = Effect.gen(function* () {
          const response = yield* Effect.onError(whileRenewing(request, claim, work), () =>
            repo.release(request, claim)
          )
          const kept = keep(response)
          yield* kept === undefined
            ? repo.release(request, claim)
            : Effect.flatMap(seal(secret, request.request, kept.body), (answer) =>
                repo.complete(request, claim, { status: kept.status, contentType: kept.contentType, answer })
              )
          return response
        })
        const outcome: Idempotent<Response> = { _tag: "Done", response: yield* Effect.uninterruptible(done) }
        return outcome
      })

      return Idempotency.of({ once, prune: repo.prune })
    })
  )
}

const sha256 = (...parts: ReadonlyArray<string | Uint8Array>): Uint8Array => {
  const hash = createHash("sha256")
  for (const part of parts) hash.update(part)
  return hash.digest()
}

const keyedRequest = ({ body, key, method, organizationId, path }: IdempotentRequest): KeyedRequest => ({
  organizationId,
  // Neither a method nor a path has a line break in it.
  request: sha256(`${method}\n${path}\n${key}`),
  body: sha256(body)
})
