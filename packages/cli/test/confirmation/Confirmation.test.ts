import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { audience, audienceId, consumerId } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const archived = { "DELETE /audiences/:id": { body: { ...audience, archived: true } } }

describe("What cannot be undone", () => {
  it.live("is asked for on a terminal, and done when the answer is yes", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer(archived)
      const env = { AUDIENCES_URL: url }
      const no = yield* typed(["archive", audienceId], { env, terminal: true, keys: "n" })
      assert.deepInclude(no, { exitCode: 1 })
      assert.match(no.stderr, /Nothing has been changed\./)
      // Enter alone is no.
      assert.strictEqual((yield* typed(["archive", audienceId], { env, terminal: true, keys: "\n" })).exitCode, 1)
      assert.strictEqual(asked.length, 0)
      assert.strictEqual((yield* typed(["archive", audienceId], { env, terminal: true, keys: "y" })).exitCode, 0)
      assert.strictEqual(asked.length, 1)
    })
  )

  it.live("needs --yes where nobody can be asked", () =>
    Effect.gen(function* () {
      const { asked, url } = yield* fakeServer(archived)
      const env = { AUDIENCES_URL: url }
      for (const args of [
        ["archive", audienceId],
        ["keys", "revoke", audienceId],
        ["groups", "archive", audienceId],
        ["integrations", "remove", "klaviyo"],
        ["sync-sources", "remove", audienceId],
        ["members", "remove", audienceId, consumerId]
      ]) {
        const { exitCode, stderr } = yield* typed(args, { env })
        assert.strictEqual(exitCode, 2)
        assert.match(stderr, /--yes/)
      }
      assert.strictEqual(asked.length, 0)
      assert.strictEqual((yield* typed(["archive", "-y", audienceId], { env })).exitCode, 0)
    })
  )
})
