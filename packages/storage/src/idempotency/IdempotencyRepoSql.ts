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
const batch = 1000

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const nextUntil = sql`clock_timestamp() + interval '10 seconds'`
  const keptSince = sql`clock_timestamp() - interval '24 hours'`
  const ours = ({ organizationId, request }: KeyedRequest, claim: string) =>
    sql`organization_id = ${organizationId}::uuid AND request = ${request}::bytea AND claim = ${claim}::uuid AND status IS NULL`

  const tryClaim = ({ body, organizationId, request }: KeyedRequest, name: string) =>
    Effect.map(
      sql`
        INSERT INTO idempotency_keys AS k (organization_id, request, body, claim, claimed_until)
        VALUES (${organizationId}::uuid, ${request}::bytea, ${body}::bytea, ${name}::uuid, ${nextUntil})
        ON CONFLICT (organization_id, request) DO UPDATE SET
          body = EXCLUDED.body, claim = EXCLUDED.claim, claimed_until = EXCLUDED.claimed_until, created_at = EXCLUDED.created_at,
          status = NULL, content_type = NULL, answer = NULL
        WHERE (k.status IS NULL AND k.claimed_until < clock_timestamp()) OR k.created_at < ${keptSince}
        RETURNING 1`,
      (rows) => rows.length > 0
    )

  const known = Effect.fnUntraced(function* ({ body, organizationId, request }: KeyedRequest) {
    const [row] = yield* decodeStates(
      yield* sql`
        SELECT body = ${body}::bytea AS same_body, status, content_type, answer FROM idempotency_keys
        WHERE organization_id = ${organizationId}::uuid AND request = ${request}::bytea`
    )
    if (row === undefined) return undefined
    const { answer, contentType, sameBody, status } = row
    const state: KeyState =
      status === null
        ? { _tag: "InFlight", sameBody }
        : { _tag: "Answered", sameBody, answer: { status, contentType: contentType ?? "", answer } }
    return state
  })

  const claim = Effect.fn("IdempotencyRepo.claim")(function* (request: KeyedRequest) {
    const name = yield* yield* Uuid
    for (;;) {
      if (yield* tryClaim(request, name)) return { _tag: "Claimed", claim: name } satisfies KeyState
      const state = yield* known(request)
      // Given up by its owner in between: it is free again.
      if (state !== undefined) return state
    }
  }, Effect.orDie)

  const renew = Effect.fn("IdempotencyRepo.renew")(function* (request: KeyedRequest, claim: string) {
    yield* sql`UPDATE idempotency_keys SET claimed_until = ${nextUntil} WHERE ${ours(request, claim)}`
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
          SELECT organization_id, request FROM idempotency_keys WHERE created_at < ${keptSince}
          LIMIT ${batch} FOR UPDATE SKIP LOCKED)
        RETURNING 1`
      if (deleted.length < batch) return
    }
  }).pipe(Effect.orDie, Effect.withSpan("IdempotencyRepo.prune"))

  return IdempotencyRepo.of({ claim, renew, complete, release, prune })
})

export const IdempotencyRepoSql = Layer.effect(IdempotencyRepo, make)
