import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, Effect, Exit, Fiber, Layer, Option, Redacted } from "effect"
import { createHash } from "node:crypto"
import { IdempotencyRepo, type KeyedRequest, type SealedAnswer } from "./IdempotencyRepo.ts"
import { seal, unseal } from "./SealedBody.ts"

/** A request that is to be done once, however often it comes. */
export interface IdempotentRequest {
  readonly organizationId: OrganizationId
  readonly method: string
  readonly path: string
  /** Compared like the body: `?dryRun=true` asks for something else. */
  readonly query: string
  readonly key: string
  readonly body: Uint8Array
  /** The caller's secret key: nobody else can read the answer that is kept. */
  readonly secretKey: Redacted.Redacted<string>
}

export interface KeptAnswer {
  readonly status: number
  readonly contentType: string
  /** `undefined`: there is no keeping it. */
  readonly body: Uint8Array | undefined
}

/** What became of a request. */
export type Idempotent<Response> =
  /** It was done just now. */
  | { readonly _tag: "Done"; readonly response: Response }
  /** It was done before: this was the answer. */
  | { readonly _tag: "Replayed"; readonly answer: KeptAnswer & { readonly body: Uint8Array } }
  /** It was done before, and its answer was too large to be kept. */
  | { readonly _tag: "NotKept" }
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
      const scope = yield* Effect.scope

      const sealed = (secret: string, request: KeyedRequest, { body, contentType, status }: KeptAnswer) =>
        Effect.map(
          body === undefined || body.length > longestAnswer
            ? Effect.succeed(null)
            : seal(secret, request.request, body),
          (answer): SealedAnswer => ({ status, contentType, answer })
        )

      const replayed = Effect.fnUntraced(function* (
        secret: string,
        request: KeyedRequest,
        { answer, contentType, status }: SealedAnswer
      ): Effect.fn.Return<Idempotent<never>> {
        if (answer === null) return { _tag: "NotKept" }
        const body = yield* unseal(secret, request.request, answer)
        return Option.isNone(body)
          ? { _tag: "OtherCaller" }
          : { _tag: "Replayed", answer: { status, contentType, body: body.value } }
      })

      /** For as long as the work takes. */
      const renewing = (request: KeyedRequest, claim: string) =>
        Effect.sleep("3 seconds").pipe(
          Effect.andThen(repo.renew(request, claim)),
          Effect.catchCause(warn("Renewing the claim of an idempotency key failed")),
          Effect.forever
        )

      /** The work, and then what is remembered of it. An answer that cannot be remembered is an answer nevertheless. */
      const done = <Response, E, R>(
        request: KeyedRequest,
        claim: string,
        work: Effect.Effect<Response, E, R>,
        kept: (response: Response) => Effect.Effect<SealedAnswer | undefined>
      ) =>
        Effect.uninterruptibleMask((restore) =>
          Effect.gen(function* () {
            const renewal = yield* Effect.forkChild(Effect.interruptible(renewing(request, claim)))
            const exit = yield* Effect.exit(restore(work))
            yield* Effect.gen(function* () {
              const answer = Exit.isSuccess(exit) ? yield* kept(exit.value) : undefined
              yield* answer === undefined ? repo.release(request, claim) : repo.complete(request, claim, answer)
            }).pipe(Effect.catchCause(warn("The answer to a request with an idempotency key is not kept")))
            yield* Fiber.interrupt(renewal)
            return yield* exit
          })
        )

      const once = Effect.fnUntraced(function* <Response, E, R>(
        given: IdempotentRequest,
        work: Effect.Effect<Response, E, R>,
        keep: (response: Response) => KeptAnswer | undefined
      ): Effect.fn.Return<Idempotent<Response>, E, R> {
        const request = keyedRequest(given)
        const secret = Redacted.value(given.secretKey)
        const state = yield* repo.claim(request)
        if (state._tag === "Claimed") {
          const working = done(request, state.claim, work, (response) => {
            const answer = keep(response)
            return answer === undefined ? Effect.succeed(undefined) : sealed(secret, request, answer)
          })
          // In a fiber of its own, which does not end with the caller's connection.
          return { _tag: "Done", response: yield* Fiber.join(yield* Effect.forkIn(working, scope)) }
        }
        if (!state.sameBody) return { _tag: "OtherBody" }
        return state._tag === "InFlight" ? { _tag: "InFlight" } : yield* replayed(secret, request, state.answer)
      })

      return Idempotency.of({ once, prune: repo.prune })
    })
  )
}

/** As long as the longest body of a request; a batch of 500 consumers is a tenth of it. */
const longestAnswer = 16 * 1024 * 1024

const warn = (message: string) => (cause: unknown) => Effect.logWarning(message, cause)

const sha256 = (...parts: ReadonlyArray<string | Uint8Array>): Uint8Array => {
  const hash = createHash("sha256")
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** Neither methods, paths nor queries have a line break in them. */
const keyedRequest = ({ body, key, method, organizationId, path, query }: IdempotentRequest): KeyedRequest => ({
  organizationId,
  request: sha256(`${method}\n${path}\n${key}`),
  body: sha256(`${query}\n`, body)
})
