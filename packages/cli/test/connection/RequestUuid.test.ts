import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { Uuid } from "@audiences/domain/Uuid"
import * as RequestUuid from "@audiences/cli/connection/RequestUuid"

it.live("Ids of requests are UUIDs, each another", () =>
  Effect.gen(function* () {
    const ids = yield* Effect.replicateEffect(Effect.flatten(Uuid), 1000)
    for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.strictEqual(new Set(ids).size, ids.length)
    assert.strictEqual(new Set(ids.flatMap((id) => [...id])).size, 17)
  }).pipe(Effect.provide(RequestUuid.layer))
)
