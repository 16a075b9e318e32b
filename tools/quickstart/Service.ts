import { type ChildProcess, spawn } from "node:child_process"
import { readFile } from "node:fs/promises"
import { setTimeout } from "node:timers/promises"
import { resolve } from "node:path"
import { fileURLToPath } from "node:url"

/** The address a client on this machine uses for a server that listens on all. */
const reachable = (host: string) =>
  host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host

/** The server as `npm start` runs it, as a child: Ctrl-C reaches both, and the quickstart ends when the server has. */
export class Service {
  readonly origin: string
  readonly baseUrl: string
  readonly secretKey: string
  /** The server's exit code. */
  readonly ended: Promise<number>
  readonly #process: ChildProcess

  private constructor(process: ChildProcess, ended: Promise<number>, origin: string, secretKey: string) {
    this.#process = process
    this.ended = ended
    this.origin = origin
    this.baseUrl = `${origin}/api`
    this.secretKey = secretKey
  }

  static async start(root: URL): Promise<Service> {
    const environment = { AUDIENCES_LOG: "warn", ...process.env }
    const server = spawn(process.execPath, [fileURLToPath(new URL("packages/server/dist/bin.js", root))], {
      cwd: fileURLToPath(root),
      env: environment,
      stdio: ["ignore", "ignore", "inherit"]
    })
    const ended = new Promise<number>((done) => {
      server.on("exit", (code) => done(code ?? 1))
      server.on("error", (error) => {
        process.stderr.write(`quickstart: the server cannot be started: ${error.message}\n`)
        done(1)
      })
    })
    process.on("SIGTERM", () => server.kill("SIGTERM"))
    // A terminal sends Ctrl-C to the server too, which takes two signals within a second for one.
    process.on("SIGINT", () => {
      process.stdout.write("\nStopping …\n")
      server.kill("SIGINT")
    })
    const origin = `http://${reachable(process.env.AUDIENCES_HOST || "127.0.0.1")}:${process.env.AUDIENCES_PORT || "4800"}`
    let running = true
    void ended.then(() => (running = false))
    while (
      !(await fetch(`${origin}/health/ready`).then(
        (answer) => answer.ok,
        () => false
      ))
    ) {
      if (!running) process.exit((await ended) || 1)
      await setTimeout(50)
    }
    // Somebody else's server may answer at that address, while ours has found the port taken.
    if ((await Promise.race([ended, setTimeout(100, undefined)])) !== undefined) process.exit(1)
    const keyFile = resolve(fileURLToPath(root), process.env.AUDIENCES_DATA_DIR || "data", "secret-key")
    const secretKey = process.env.AUDIENCES_SECRET_KEY || (await readFile(keyFile, "utf8").catch(() => "")).trim()
    if (secretKey === "") {
      server.kill("SIGTERM")
      await ended
      throw new Error(
        `there is no key in ${keyFile}. Set AUDIENCES_SECRET_KEY to a key of the database's organization.`
      )
    }
    return new Service(server, ended, origin, secretKey)
  }

  stop(): void {
    this.#process.kill("SIGTERM")
  }
}
