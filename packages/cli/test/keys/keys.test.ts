import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { audienceId as keyId, organizationId, page } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const key = {
  id: keyId,
  organizationId,
  mode: "test",
  name: "Shop",
  hint: "x7Kq",
  createdAt: "2026-01-31T09:30:00.000Z",
  createdBy: null,
  lastUsedAt: null,
  expiresAt: null,
  revokedAt: null,
  revokedBy: null
}
const secret = { ...key, secretKey: "sk_test_shown_once" }

describe("audiences keys", () => {
  it.live("lists, creates, rotates and revokes", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer({
        "GET /api-keys": { body: page([key]) },
        "POST /api-keys": { body: secret },
        "POST /api-keys/:id/rotate": { body: secret },
        "DELETE /api-keys/:id": { body: { ...key, revokedAt: "2026-02-01T10:00:00.123Z" } }
      })
      const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
      const { lines } = yield* typed(["keys", "list"], { env, terminal: true })
      assert.match(lines[1]!, new RegExp(`^${keyId}  Shop +test +x7Kq$`))
      const created = yield* typed(["keys", "create", "Shop", "--mode", "test"], { env, terminal: true })
      assert.match(created.stdout, /^secretKey +sk_test_shown_once$/m)
      assert.match(created.stderr, /shown this once/)
      yield* typed(["keys", "rotate", keyId, "--grace", "1d"], { env })
      yield* typed(["keys", "revoke", keyId, "--yes"], { env })
      assert.deepStrictEqual(
        asked.map(({ body, method, path }) => [method, path.replace(keyId, "x"), body === "" ? "" : JSON.parse(body)]),
        [
          ["GET", "/api/api-keys", ""],
          ["POST", "/api/api-keys", { name: "Shop", mode: "test" }],
          ["POST", "/api/api-keys/x/rotate", { graceSeconds: 86_400 }],
          ["DELETE", "/api/api-keys/x", ""]
        ]
      )
    })
  )

  it.live("tells why the last key stays, and what a key that is not there is", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({
        "DELETE /api-keys/:id": [
          {
            status: 409,
            body: {
              error: "This is the last key of the organization: create another one first, and revoke this one with that"
            }
          },
          { status: 404, body: { error: "API key not found" } }
        ]
      })
      const env = { AUDIENCES_URL: url }
      const last = yield* typed(["keys", "revoke", keyId, "--yes"], { env })
      assert.strictEqual(last.exitCode, 5)
      assert.match(last.stderr, /^This is the last key of the organization: .*\.\n$/)
      assert.strictEqual((yield* typed(["keys", "revoke", keyId, "--yes"], { env })).exitCode, 3)
      assert.match((yield* typed(["keys", "revoke", "Shop"], { env })).stderr, /`audiences keys list` shows them/)
    })
  )
})
