import { Clock, Duration, Effect } from "effect"
import { Client } from "pg"
import { type Cluster, superuser } from "./Cluster.ts"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { type Postmaster, startFailure } from "./Postmaster.ts"

export const databaseName = "audiences"

/** A healthy postmaster listens within milliseconds, and answers "starting up" for as long as it recovers. */
const silence = Duration.toMillis("1 minute")

/** Waits until the postmaster takes connections, however long it recovers, and creates the database on first use. */
export const awaitReady = Effect.fnUntraced(function* (cluster: Cluster, postmaster: Postmaster) {
  yield* poll(cluster, postmaster).pipe(
    Effect.raceFirst(postmaster.ended.pipe(Effect.flatMap((how) => startFailure(cluster, postmaster, how))))
  )
})

const poll = Effect.fnUntraced(function* (cluster: Cluster, postmaster: Postmaster) {
  let lastSign = yield* Clock.currentTimeMillis
  let lastReport = lastSign
  for (let pause = 30; ; pause = Math.min(pause * 1.2, 250)) {
    yield* Effect.sleep(Duration.millis(pause))
    const state = yield* ask(cluster, postmaster)
    if (state === "ready") return
    const now = yield* Clock.currentTimeMillis
    if (state === "starting") lastSign = now
    if (now - lastSign > silence) {
      return yield* new EmbeddedPostgresError({
        message:
          `PostgreSQL (process ${postmaster.pid}) does not answer on 127.0.0.1:${postmaster.port}. ` +
          `End of ${cluster.logFile}:\n${yield* postmaster.logTail}`
      })
    }
    if (now - lastReport > 10_000) {
      lastReport = now
      yield* Effect.logInfo("PostgreSQL is recovering from a crash; waiting for it")
    }
  }
})

const ask = (
  cluster: Cluster,
  { port }: Postmaster
): Effect.Effect<"ready" | "starting" | "silent", EmbeddedPostgresError> =>
  Effect.tryPromise({
    try: () => createDatabase(cluster.password, port),
    catch: (cause) => cause as Error & { readonly code?: string }
  }).pipe(
    Effect.as("ready" as const),
    Effect.catch((error) => {
      // Class 57P: starting up, or shutting down a crashed backend. Class 28: the password.
      if (error.code?.startsWith("57P") === true) return Effect.succeed("starting" as const)
      if (error.code === undefined || /^E[A-Z]+$/.test(error.code)) return Effect.succeed("silent" as const)
      const mend = error.code.startsWith("28")
        ? `: the password in postgres-password beside ${cluster.logFile} is another's; restore it, or delete it and a new one is set`
        : ""
      return new EmbeddedPostgresError({
        message: `PostgreSQL in ${cluster.directory} refuses to work: ${error.message}${mend}`,
        cause: error
      })
    })
  )

const createDatabase = async (password: string, port: number) => {
  const client = new Client({
    host: "127.0.0.1",
    port,
    user: superuser,
    password,
    database: "postgres",
    ssl: false,
    connectionTimeoutMillis: 5_000
  })
  // Without a listener, a connection lost while idle would end this process.
  client.on("error", () => {})
  try {
    await client.connect()
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [databaseName])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`)
  } finally {
    await client.end().catch(() => {})
  }
}
