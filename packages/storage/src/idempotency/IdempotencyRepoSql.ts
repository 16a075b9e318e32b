import { Uuid } from "@audiences/domain/Uuid"
import {
  IdempotencyRepo,
  type KeyedRequest,
  type KeyState,
  type SealedAnswer
} from "@audiences/engine/idempotency/IdempotencyRepo"
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"

const decodeStates = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      sameBody: Schema.Boolean,
      status: Schema.NullOr(Schema.Finite),
      contentType: Schema.NullOr(Schema.String),
      answer: Schema.NullOr(Schema.Uint8Array)
    })
  )
)

/** Rows of one statement, so that pruning locks nothing for long. */
const batch = 10_000

export const IdempotencyRepoSql = Layer.effect(
  IdempotencyRepo,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const until = sql`clock_timestamp() + interval '10 seconds'`
    const outdated = sql`created_at < clock_timestamp() - interval '24 hours'`
    const ours = ({ organizationId, request }: KeyedRequest, claim: string) =>
      sql`organization_id = ${organizationId}::uuid AND request = ${request}::bytea AND claim = ${claim}::uuid AND status IS NULL`

    const claim = Effect.fn("IdempotencyRepo.claim")(function* ({ body, organizationId, request }: KeyedRequest) {
      const name = yield* yield* Uuid
      for (;;) {
        const claimed = yield* sql`
          INSERT INTO idempotency_keys AS k (organization_id, request, body, claim, claimed_until)
          VALUES (${organizationId}::uuid, ${request}::bytea, ${body}::bytea, ${name}::uuid, ${until})
          ON CONFLICT (organization_id, request) DO UPDATE SET
            body = EXCLUDED.body, claim = EXCLUDED.claim, claimed_until = EXCLUDED.claimed_until, created_at = EXCLUDED.created_at,
            status = NULL, content_type = NULL, answer = NULL
          WHERE (k.status IS NULL AND k.claimed_until < clock_timestamp()) OR k.${outdated}
          RETURNING 1`
        if (claimed.length > 0) return { _tag: "Claimed", claim: name } satisfies KeyState
        const [known] = yield* decodeStates(
          yield* sql`
          SELECT body = ${body}::bytea AS same_body, status, content_type, answer FROM idempotency_keys
          WHERE organization_id = ${organizationId}::uuid AND request = ${request}::bytea`
        )
        // Given up by its owner in between: it is free again.
        if (known === undefined) continue
        const { answer, contentType, sameBody, status } = known
        const state: KeyState =
          status === null || answer === null
            ? { _tag: "InFlight", sameBody }
            : { _tag: "Answered", sameBody, answer: { status, contentType: contentType ?? "", answer } }
        return state
      }
    }, Effect.orDie)

    const renew = Effect.fn("IdempotencyRepo.renew")(function* (request: KeyedRequest, claim: string) {
      yield* sql`UPDATE idempotency_keys SET claimed_until = ${until} WHERE ${ours(request, claim)}`
    }, Effect.orDie)

    const complete = Effect.fn("IdempotencyRepo.complete")(function* (
      request: KeyedRequest,
      claim: string,
      { answer, contentType, status }: SealedAnswer
    ) {
      yield* sql`
        UPDATE idempotency_keys SET status = ${status}::int, content_type = ${contentType}, answer = ${answer}::bytea
        WHERE ${ours(request, claim)}`
    }, Effect.orDie)

    const release = Effect.fn("IdempotencyRepo.release")(function* (request: KeyedRequest, claim: string) {
      yield* sql`DELETE FROM idempotency_keys WHERE ${ours(request, claim)}`
    }, Effect.orDie)

    const prune = Effect.gen(function* () {
      for (;;) {
        const deleted = yield* sql`
          DELETE FROM idempotency_keys WHERE (organization_id, request) IN (
            SELECT organization_id, request FROM idempotency_keys WHERE ${outdated} LIMIT ${batch})
          RETURNING 1`
        if (deleted.length < batch) return
      }
    }).pipe(Effect.orDie, Effect.withSpan("IdempotencyRepo.prune"))

    return IdempotencyRepo.of({ claim, renew, complete, release, prune })
  })
)
