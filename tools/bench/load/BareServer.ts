import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

const program = fileURLToPath(new URL("answering.ts", import.meta.url))

/** The least an HTTP server of Node can do: a bare `node:http` that answers the same bytes to whatever it is asked. */
export class BareServer implements AsyncDisposable {
  readonly origin: string
  readonly #process: ChildProcess

  private constructor(child: ChildProcess, origin: string) {
    this.#process = child
    this.origin = origin
  }

  static start(body: string): Promise<BareServer> {
    const child = spawn(process.execPath, [program, body], { stdio: ["ignore", "pipe", "inherit"] })
    return new Promise((resolve, reject) => {
      child.once("error", reject)
      child.once("exit", () => reject(new Error("the bare server ended")))
      child.stdout.once("data", (port: Buffer) =>
        resolve(new BareServer(child, `http://127.0.0.1:${port.toString().trim()}`))
      )
    })
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve))
    this.#process.kill("SIGTERM")
    await ended
  }
}
