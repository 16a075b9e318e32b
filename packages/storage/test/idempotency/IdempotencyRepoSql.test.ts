import { OrganizationId } from "@audiences/domain/Organization"
import { IdempotencyRepo, type KeyedRequest } from "@audiences/engine/idempotency/IdempotencyRepo"
import { IdempotencyRepoSql } from "@audiences/storage/idempotency/IdempotencyRepoSql"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { randomBytes } from "node:crypto"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"

const bytes = () => new Uint8Array(randomBytes(32))

const freshRequest = Effect.map(freshOrganization, (organizationId): KeyedRequest => ({
  organizationId: OrganizationId.make(organizationId),
  request: bytes(),
  body: bytes()
}))

const claimed = Effect.fnUntraced(function* (request: KeyedRequest) {
  const state = yield* (yield* IdempotencyRepo).claim(request)
  assert(state._tag === "Claimed")
  return state.claim
})

/** So many seconds pass for the row of the request. */
const pass = Effect.fnUntraced(function* ({ organizationId, request }: KeyedRequest, seconds: number) {
  const sql = yield* SqlClient.SqlClient
  yield* Effect.orDie(sql`
    UPDATE idempotency_keys SET
      claimed_until = claimed_until - make_interval(secs => ${seconds}::int), created_at = created_at - make_interval(secs => ${seconds}::int)
    WHERE organization_id = ${organizationId}::uuid AND request = ${request}::bytea`)
})

const answer = { status: 200, contentType: "application/json", answer: new Uint8Array([1, 2, 3]) }

layer(Layer.provideMerge(IdempotencyRepoSql, PostgresTest))("the store of idempotency keys", (it) => {
  it.effect("lets one of a hundred have a key", () =>
    Effect.gen(function* () {
      const repo = yield* IdempotencyRepo
      const request = yield* freshRequest
      const states = yield* Effect.all(
        Array.from({ length: 100 }, () => repo.claim(request)),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(states.filter((state) => state._tag === "Claimed").length, 1)
      assert.strictEqual(states.filter((state) => state._tag === "InFlight" && state.sameBody).length, 99)
    })
  )

  it.effect("tells the answer to the same request, and that another body is another request", () =>
    Effect.gen(function* () {
      const repo = yield* IdempotencyRepo
      const request = yield* freshRequest
      yield* repo.complete(request, yield* claimed(request), answer)
      const same = yield* repo.claim(request)
      assert(same._tag === "Answered")
      assert.isTrue(same.sameBody)
      assert.deepStrictEqual({ ...same.answer, answer: [...same.answer.answer!] }, { ...answer, answer: [1, 2, 3] })
      assert.deepInclude(yield* repo.claim({ ...request, body: bytes() }), { _tag: "Answered", sameBody: false })
      yield* claimed({ ...request, organizationId: yield* freshOrganization })
    })
  )

  it.effect(
    "gives the key of one who died to the next after ten seconds, and takes nothing from the dead any more",
    () =>
      Effect.gen(function* () {
        const repo = yield* IdempotencyRepo
        const request = yield* freshRequest
        const dead = yield* claimed(request)
        yield* pass(request, 9)
        assert.strictEqual((yield* repo.claim(request))._tag, "InFlight")
        yield* pass(request, 2)
        const living = yield* claimed(request)
        yield* repo.complete(request, dead, answer)
        yield* repo.release(request, dead)
        assert.strictEqual((yield* repo.claim(request))._tag, "InFlight")
        yield* repo.complete(request, living, answer)
        assert.strictEqual((yield* repo.claim(request))._tag, "Answered")
      })
  )

  it.effect("leaves the key to one who goes on saying that he is at it", () =>
    Effect.gen(function* () {
      const repo = yield* IdempotencyRepo
      const request = yield* freshRequest
      const claim = yield* claimed(request)
      for (let i = 0; i < 4; i++) {
        yield* pass(request, 3)
        yield* repo.renew(request, claim)
      }
      assert.strictEqual((yield* repo.claim(request))._tag, "InFlight")
    })
  )

  it.effect("is free again once it is released", () =>
    Effect.gen(function* () {
      const repo = yield* IdempotencyRepo
      const request = yield* freshRequest
      yield* repo.release(request, yield* claimed(request))
      yield* claimed({ ...request, body: bytes() })
    })
  )

  it.effect("forgets an answer after 24 hours, pruned or not", () =>
    Effect.gen(function* () {
      const repo = yield* IdempotencyRepo
      const sql = yield* SqlClient.SqlClient
      const [pruned, kept, reused] = [yield* freshRequest, yield* freshRequest, yield* freshRequest]
      for (const request of [pruned, kept, reused]) yield* repo.complete(request, yield* claimed(request), answer)
      yield* pass(kept, 24 * 3600 - 60)
      yield* pass(reused, 24 * 3600 + 60)
      yield* claimed(reused)
      yield* pass(pruned, 24 * 3600 + 60)
      yield* repo.prune
      const left = yield* sql<{ n: number }>`
        SELECT count(*)::int AS n FROM idempotency_keys WHERE organization_id = ${pruned.organizationId}::uuid`
      assert.strictEqual(left[0]!.n, 0)
      assert.strictEqual((yield* repo.claim(kept))._tag, "Answered")
      assert.strictEqual((yield* repo.claim(reused))._tag, "InFlight")
    })
  )
})
