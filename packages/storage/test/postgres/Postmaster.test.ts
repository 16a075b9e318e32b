import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { prepareCluster } from "../../src/postgres/Cluster.ts"
import { startPostmaster } from "../../src/postgres/Postmaster.ts"
import { awaitReady } from "../../src/postgres/Readiness.ts"
import { temporaryDirectory } from "./Fixture.ts"

const takenPort = Effect.acquireRelease(
  Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      resume(Effect.succeed({ port, close: () => server.close() }))
    })
  }),
  ({ close }) => Effect.sync(close)
).pipe(Effect.map(({ port }) => port))

describe("startPostmaster", () => {
  it.live("tells a taken port from a cluster or a program that does not start", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const cluster = yield* prepareCluster(directory)
      const port = yield* takenPort
      const start = (changed: Partial<typeof cluster>) =>
        startPostmaster({ ...cluster, ...changed }, port).pipe(
          Effect.flatMap((postmaster) => awaitReady(cluster, postmaster)),
          Effect.scoped,
          Effect.flip
        )
      assert.strictEqual((yield* start({}))._tag, "PortTaken")

      const broken = join(directory, "broken")
      writeFileSync(broken, "#!/bin/sh\necho libpq.so.5: no such file >&2\nexit 127\n", { mode: 0o755 })
      const failed = yield* start({ binaries: { ...cluster.binaries, postgres: broken } })
      assert.match(
        failed.message,
        /does not start in .* \(exit code 127\).*End of .*postgres\.log:\nlibpq\.so\.5: no such/s
      )

      const missing = yield* start({ binaries: { ...cluster.binaries, postgres: join(directory, "missing") } })
      assert.match(missing.message, /^Cannot run .*missing.*ENOENT.*AUDIENCES_DATABASE_URL$/)
    })
  )
})
