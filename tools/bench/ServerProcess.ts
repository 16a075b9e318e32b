import { type ChildProcess, spawn } from "node:child_process"
import { readFile } from "node:fs/promises"
import { createServer } from "node:net"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { PrivateFolder } from "./PrivateFolder.ts"

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer().once("error", () => resolve(false))
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)))
  })

/** Another for each process, and below those that systems give out: nobody takes it before the server has it. */
const freePort = async (): Promise<number> => {
  let port = 10_000 + ((process.pid * 8) % 5000)
  while (!(await isFree(port))) port++
  return port
}

const program = (fromSources: boolean): ReadonlyArray<string> => {
  const path = (file: string) => fileURLToPath(new URL(`../../packages/server/${file}`, import.meta.url))
  return fromSources ? ["--conditions=@audiences/source", path("src/bin.ts")] : [path("dist/bin.js")]
}

const untilReady = async (origin: string, running: () => boolean): Promise<void> => {
  for (;;) {
    if (!running()) throw new Error("the server ended before it was ready; what it said stands above")
    const ready = await fetch(`${origin}/health/ready`).then(
      (answer) => answer.ok,
      () => false
    )
    if (ready) return
    await setTimeout(50)
  }
}

/** The server as users run it, in a process of its own, on a database of its own unless it is given one. */
export class ServerProcess implements AsyncDisposable {
  readonly origin: string
  readonly secretKey: string
  readonly #process: ChildProcess
  readonly #ended: Promise<unknown>
  readonly #folder: PrivateFolder

  private constructor(
    child: ChildProcess,
    ended: Promise<unknown>,
    folder: PrivateFolder,
    origin: string,
    secretKey: string
  ) {
    this.#process = child
    this.#ended = ended
    this.#folder = folder
    this.origin = origin
    this.secretKey = secretKey
  }

  static async start(options: {
    readonly fromSources: boolean
    readonly databaseUrl?: string
    readonly environment?: Readonly<Record<string, string>>
  }): Promise<ServerProcess> {
    const folder = await PrivateFolder.make()
    const port = await freePort()
    const child = spawn(process.execPath, program(options.fromSources), {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        PATH: process.env.PATH,
        AUDIENCES_LOG: "warn",
        AUDIENCES_DATA_DIR: join(folder.path, "data"),
        AUDIENCES_PORT: String(port),
        AUDIENCES_RATE_LIMIT: "0",
        ...(options.databaseUrl === undefined ? {} : { AUDIENCES_DATABASE_URL: options.databaseUrl }),
        ...options.environment
      }
    })
    let running = true
    const ended = new Promise((resolve) => child.once("exit", resolve)).finally(() => (running = false))
    const origin = `http://127.0.0.1:${port}`
    await untilReady(origin, () => running)
    const secretKey =
      options.environment?.["AUDIENCES_SECRET_KEY"] ??
      (await readFile(join(folder.path, "data", "secret-key"), "utf8")).trim()
    return new ServerProcess(child, ended, folder, origin, secretKey)
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  get headers(): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${this.secretKey}`, "content-type": "application/json" }
  }

  /** The answer to a call of the API, which must be a success. */
  async call<A>(method: string, path: string, body?: unknown): Promise<A> {
    const answer = await fetch(`${this.origin}/api${path}`, {
      method,
      headers: this.headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    if (!answer.ok) throw new Error(`${method} ${path} answers ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as A
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL")
    await this.#ended
    await this.#folder[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    this.#process.kill("SIGTERM")
    await this.#ended
    await this.#folder[Symbol.asyncDispose]()
  }
}
