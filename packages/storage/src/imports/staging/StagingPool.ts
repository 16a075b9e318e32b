import { Effect } from "effect"
import { SqlError } from "effect/sql"
import { Pool, type PoolClient } from "pg"

/** Files that are staged at a time by one process. */
const maxConnections = 2

/** Connections of their own for COPY, which the SQL client does not have. */
export const stagingPool = (url: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const pool = new Pool({ connectionString: url, application_name: "audiences imports", max: maxConnections })
      // A connection that breaks while nobody uses it is not missed; unheard, it would end the process.
      pool.on("error", () => {})
      return pool
    }),
    (pool) => Effect.promise(() => pool.end())
  )

export const stagingFailure = (cause: unknown): SqlError.SqlError =>
  new SqlError.SqlError({ reason: new SqlError.UnknownError({ cause }) })

/** Runs in a transaction of a connection of the pool. */
export const inStagingTransaction = <A>(
  pool: Pool,
  run: (client: PoolClient) => Promise<A>
): Effect.Effect<A, SqlError.SqlError> =>
  Effect.tryPromise({
    try: async () => {
      const client = await pool.connect()
      let failed = true
      const broken = () => {}
      // Of a connection that breaks in between, the statement that waits for it tells.
      client.on("error", broken)
      try {
        await client.query("BEGIN")
        // A crash may undo the last chunks that were staged: they are then staged again, and nothing else was made of them.
        await client.query("SET LOCAL synchronous_commit = off")
        const result = await run(client)
        await client.query("COMMIT")
        failed = false
        return result
      } finally {
        client.off("error", broken)
        // A connection with a transaction that failed is not used again.
        client.release(failed)
      }
    },
    catch: stagingFailure
  })
