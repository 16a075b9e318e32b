import { EmbeddedPostgres } from "@audiences/storage/postgres/EmbeddedPostgres"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { PrivateFolder } from "./PrivateFolder.ts"

/** A PostgreSQL of this run's own, as the server embeds it: with fsync. */
export class PrivatePostgres implements AsyncDisposable {
  readonly url: string
  readonly #stop: () => Promise<void>

  private constructor(url: string, stop: () => Promise<void>) {
    this.url = url
    this.#stop = stop
  }

  static async start(): Promise<PrivatePostgres> {
    const folder = await PrivateFolder.make()
    const scope = Scope.makeUnsafe()
    const url = await Effect.runPromise(
      Layer.buildWithScope(EmbeddedPostgres.layer({ dataDir: folder.path }), scope).pipe(
        Effect.flatMap((context) =>
          Effect.map(Effect.provideContext(EmbeddedPostgres, context), ({ url }) => Redacted.value(url))
        )
      )
    )
    return new PrivatePostgres(url, async () => {
      await Effect.runPromise(Scope.close(scope, Exit.void))
      await folder[Symbol.asyncDispose]()
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stop()
  }
}
