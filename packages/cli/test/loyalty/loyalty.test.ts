import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { consumerId } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const transaction = {
  id: "01984a3e-7c10-7a80-9d10-3c5f6d0c2f99",
  txnType: "earn",
  pointsDelta: 250,
  occurredAt: "2026-02-01T10:00:00.123Z",
  bucketExpiresOn: "2026-12-31",
  sourceType: "order",
  sourceDescription: null,
  metadata: null
}

it.live("audiences loyalty lists page by page, and moves points by their sign", () =>
  Effect.gen(function* () {
    const { asked, url } = yield* fakeServer({
      "GET /consumers/:id/loyalty-transactions": [
        { body: { transactions: [transaction], expiringBuckets: [], nextCursor: "more" } },
        { body: { transactions: [transaction], expiringBuckets: [], nextCursor: null } }
      ],
      "POST /consumers/:id/loyalty-transactions": { body: transaction }
    })
    const env = { AUDIENCES_URL: url }
    const { lines } = yield* typed(["loyalty", "list", consumerId, "--all", "--csv=pointsDelta,txnType"], { env })
    assert.deepStrictEqual(lines, ["pointsDelta,txnType", "250,earn", "250,earn"])
    assert.match(asked[1]!.query, /after=more/)
    yield* typed(["loyalty", "add", consumerId, "250", "--expires", "2026-12-31", "--source", "order"], { env })
    const spent = yield* typed(["loyalty", "add", consumerId, "--", "-100"], { env })
    assert.strictEqual(spent.exitCode, 0, spent.stderr)
    assert.deepStrictEqual(
      asked.slice(2).map(({ body }) => JSON.parse(body)),
      [
        { txnType: "earn", pointsDelta: 250, bucketExpiresOn: "2026-12-31", sourceType: "order" },
        { txnType: "redeem", pointsDelta: -100 }
      ]
    )
    assert.strictEqual((yield* typed(["loyalty", "add", consumerId, "5", "--expires", "soon"], { env })).exitCode, 1)
  })
)
