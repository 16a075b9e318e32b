import { Config, Context, Effect, FileSystem, Layer, Path, Redacted } from "effect"
import { defaultBaseUrl } from "@audiences/client/Connection"
import { KeyMissing } from "./KeyMissing.ts"

/** A variable that is set to nothing counts as not set. */
const variable = (name: string, otherwise: string) =>
  Config.String(name).pipe(
    Config.withDefault(""),
    Config.map((text) => text.trim() || otherwise)
  )

export const baseUrlConfig = variable("AUDIENCES_URL", defaultBaseUrl)
const keyConfig = variable("AUDIENCES_SECRET_KEY", "")
const dataDirectoryConfig = variable("AUDIENCES_DATA_DIR", "data")

const isLoopback = (url: string): boolean => {
  const { hostname } = URL.canParse(url) ? new URL(url) : { hostname: "" }
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname)
}

/** The server that a command speaks to, and the key it shows. */
export class Host extends Context.Service<
  Host,
  {
    readonly baseUrl: string
    readonly apiKey: Redacted.Redacted
    /** Where the key was found, for people. */
    readonly keyOrigin: string
  }
>()("@audiences/cli/Host") {
  /**
   * `AUDIENCES_URL`, and the key from `AUDIENCES_SECRET_KEY`, else from the file that a server on this machine writes. That file
   * is never sent to another machine.
   */
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const baseUrl = yield* baseUrlConfig
      const key = yield* keyConfig
      if (key !== "") return { baseUrl, apiKey: Redacted.make(key), keyOrigin: "AUDIENCES_SECRET_KEY" }
      const path = yield* Path.Path
      const file = path.resolve(yield* dataDirectoryConfig, "secret-key")
      if (!isLoopback(baseUrl)) return yield* new KeyMissing({ baseUrl })
      const fs = yield* FileSystem.FileSystem
      const text = yield* fs
        .readFileString(file)
        .pipe(
          Effect.mapError(
            (error) => new KeyMissing({ baseUrl, file, unreadable: error.reason._tag === "PermissionDenied" })
          )
        )
      return { baseUrl, apiKey: Redacted.make(text.trim()), keyOrigin: file }
    })
  )
}
