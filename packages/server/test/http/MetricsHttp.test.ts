import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ask } from "../Answer.ts"
import { key, known } from "../FakeEngine.ts"
import { FakeServer } from "../FakeServer.ts"

describe("/metrics", () => {
  it.live("counts answers by operation and status, without a key, and never by id", () =>
    Effect.gen(function* () {
      yield* ask(`/api/audiences/${known}`, { key })
      yield* ask(`/api/audiences/${known}`)
      yield* ask("/wp-login.php?secret=hush")
      const { headers, status, text } = yield* ask("/metrics")
      assert.strictEqual(status, 200)
      assert.match(headers.get("content-type") ?? "", /^text\/plain/)
      const counted = (labels: string) =>
        text.includes(`audiences_http_server_request_duration_seconds_count{${labels}} 1`)
      assert.isTrue(counted('method="GET",route="/audiences/:audienceId",status="200"'), text)
      assert.isTrue(counted('method="GET",route="/audiences/:audienceId",status="401"'), text)
      assert.isTrue(counted('method="GET",route="other",status="404"'), text)
      assert.match(text, /^audiences_process_resident_memory_bytes \d{7,}$/m)
      assert.notInclude(text, known)
      assert.notInclude(text, "hush")
    }).pipe(Effect.provide(FakeServer))
  )
})
