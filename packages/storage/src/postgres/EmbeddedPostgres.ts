import { Clock, Context, Deferred, Duration, Effect, Layer, Random, Redacted } from "effect"
import { mkdir, realpath } from "node:fs/promises"
import { createServer } from "node:net"
import { type Cluster, prepareCluster, superuser } from "./Cluster.ts"
import { attempt, EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { stopOrphan } from "./Orphan.ts"
import { startPostmaster } from "./Postmaster.ts"
import { awaitReady, databaseName } from "./Readiness.ts"
import { acquireServerLock } from "./ServerLock.ts"

/** A real PostgreSQL that this process starts, keeps alive and stops. */
export class EmbeddedPostgres extends Context.Service<
  EmbeddedPostgres,
  {
    /** Stays valid for as long as the layer lives, also when PostgreSQL had to be restarted. */
    readonly url: Redacted.Redacted<string>
    /** Where the cluster really is: `<dataDir>/postgres`, unless that is closed to the user it runs as. */
    readonly directory: string
  }
>()("@audiences/storage/EmbeddedPostgres") {
  /** Building it creates the cluster on first use and waits for connections; closing its scope stops PostgreSQL. */
  static readonly layer = (options: {
    readonly dataDir: string
  }): Layer.Layer<EmbeddedPostgres, EmbeddedPostgresError> => Layer.effect(EmbeddedPostgres, start(options.dataDir))
}

const start = Effect.fn("EmbeddedPostgres.start")(
  function* (path: string) {
    const dataDir = yield* attempt(`Cannot create the data directory ${path}`, async () => {
      await mkdir(path, { recursive: true })
      return realpath(path)
    })
    yield* acquireServerLock(dataDir)
    const cluster = yield* prepareCluster(dataDir)
    const port = yield* keepRunning(cluster)
    return EmbeddedPostgres.of({
      url: Redacted.make(`postgres://${superuser}:${cluster.password}@127.0.0.1:${port}/${databaseName}`, {
        label: "database"
      }),
      directory: cluster.directory
    })
  },
  // The postmaster lives in real time, also under a test's clock.
  Effect.provideService(Clock.Clock, Clock.Clock.defaultValue())
)

/** Runs PostgreSQL in the background until the scope closes. Returns its port once it is ready for the first time. */
const keepRunning = Effect.fnUntraced(function* (cluster: Cluster) {
  const ready = yield* Deferred.make<number, EmbeddedPostgresError>()
  yield* firstLife(cluster, ready).pipe(
    Effect.flatMap((life) => restartForever(cluster, life)),
    Effect.onError((cause) => Deferred.failCause(ready, cause)),
    Effect.forkScoped
  )
  return yield* Deferred.await(ready)
})

/** A postmaster from start to end. */
const live = Effect.fnUntraced(function* (cluster: Cluster, port: number, onReady: Effect.Effect<unknown>) {
  yield* stopOrphan(cluster.directory)
  const postmaster = yield* startPostmaster(cluster, port)
  yield* awaitReady(cluster, postmaster)
  yield* onReady
  return { port, ending: `PostgreSQL (process ${postmaster.pid}) ended by ${yield* postmaster.ended}` }
}, Effect.scoped)

/** Ports of earlier starts are not kept: another program may have them now. */
const firstLife = (cluster: Cluster, ready: Deferred.Deferred<number, EmbeddedPostgresError>) =>
  freePort.pipe(
    Effect.flatMap((port) => live(cluster, port, Deferred.succeed(ready, port))),
    Effect.retry({ times: 10, while: (error) => error._tag === "PortTaken" }),
    Effect.catchTag(
      "PortTaken",
      ({ port }) =>
        new EmbeddedPostgresError({ message: `Ports are taken as soon as they are found free, the last one ${port}` })
    )
  )

const shortestPause = Duration.millis(100)
const longestPause = Duration.seconds(5)

/** On the same port, so that the url stays valid. A life of a minute counts as a recovery. */
const restartForever = Effect.fnUntraced(function* (
  cluster: Cluster,
  first: { readonly port: number; readonly ending: string }
) {
  let { ending } = first
  for (let pause = shortestPause; ;) {
    yield* Effect.logWarning(`${ending}; starting it again in ${Duration.format(pause)}`)
    yield* Effect.sleep(pause)
    const [lived, next] = yield* live(
      cluster,
      first.port,
      Effect.logInfo(`PostgreSQL is back in ${cluster.directory}`)
    ).pipe(
      Effect.map((life) => life.ending),
      Effect.catch((error) =>
        Effect.succeed(error._tag === "PortTaken" ? `Port ${error.port} is taken` : error.message)
      ),
      Effect.timed
    )
    ending = next
    pause = Duration.isGreaterThan(lived, Duration.minutes(1))
      ? shortestPause
      : Duration.min(Duration.times(pause, 2), longestPause)
  }
})

/** Below the ports that systems give to outgoing connections, lest one of those takes it while PostgreSQL restarts. */
const freePort = Random.nextIntBetween(15_000, 32_000).pipe(
  Effect.flatMap((port) => attempt(`Port ${port} is not free`, () => bind(port)).pipe(Effect.as(port))),
  Effect.retry({ times: 50 })
)

const bind = (port: number) =>
  new Promise<void>((resolve, reject) => {
    const server = createServer().once("error", reject)
    server.listen(port, "127.0.0.1", () => server.close(() => resolve()))
  })
