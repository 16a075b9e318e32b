import { makeSecretKey } from "@audiences/domain/SecretKey"
import { Effect, Redacted } from "effect"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { PrivateFolder } from "../bench/PrivateFolder.ts"
import { ServerProcess } from "../bench/ServerProcess.ts"

export const victims = ["server", "database", "both"] as const
export type Victim = (typeof victims)[number]

const askAgainMillis = 50

/** A server with its own embedded database, each of which can be killed as by a power cut; both come back with all that was committed. */
export class KillableServer implements AsyncDisposable {
  readonly #folder: PrivateFolder
  readonly #start: () => Promise<ServerProcess>
  #server: ServerProcess

  private constructor(folder: PrivateFolder, start: () => Promise<ServerProcess>, server: ServerProcess) {
    this.#folder = folder
    this.#start = start
    this.#server = server
  }

  static async start(fromSources: boolean): Promise<KillableServer> {
    const folder = await PrivateFolder.make()
    const environment = {
      AUDIENCES_DATA_DIR: folder.path,
      AUDIENCES_SECRET_KEY: Redacted.value(await Effect.runPromise(makeSecretKey("live"))),
      // Each of its deaths is told as a warning.
      AUDIENCES_LOG: "error"
    }
    const start = () => ServerProcess.start({ fromSources, environment })
    return new KillableServer(folder, start, await start())
  }

  get server(): ServerProcess {
    return this.#server
  }

  async kill(victim: Victim): Promise<void> {
    const database = await this.#databasePid()
    if (victim !== "database") await this.#server.kill()
    if (victim !== "server" && database !== undefined) process.kill(database, "SIGKILL")
    if (victim !== "database") this.#server = await this.#start()
  }

  /** Asks until somebody answers. */
  async call<A>(method: string, path: string, body?: unknown): Promise<A> {
    for (;;) {
      try {
        return await this.#server.call<A>(method, path, body)
      } catch (error) {
        if (error instanceof Error && / answers 4/.test(error.message)) throw error
        await setTimeout(askAgainMillis)
      }
    }
  }

  /** As `call`, for a file. */
  async text(path: string): Promise<string> {
    for (;;) {
      const answer = await fetch(`${this.#server.origin}/api${path}`, { headers: this.#server.headers }).catch(
        () => undefined
      )
      if (answer?.ok === true) return answer.text()
      await setTimeout(askAgainMillis)
    }
  }

  /** Undefined: it is not up. */
  async #databasePid(): Promise<number | undefined> {
    const file = join(this.#folder.path, "postgres", "postmaster.pid")
    const text = await readFile(file, "utf8").catch(() => undefined)
    return text === undefined ? undefined : Number(text.split("\n")[0])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]()
    await this.#folder[Symbol.asyncDispose]()
  }
}
