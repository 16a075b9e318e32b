import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

/** Requests sent on connections that stay open, each as soon as the one before it is answered, or at a steady rate. */
export interface Load {
  readonly url: string
  /** Paths that are asked for in turn, in the place of that of `url`. */
  readonly paths?: ReadonlyArray<string>
  /** Sent whether or not earlier ones are answered; the time to answer counts from when a request was due. */
  readonly requestsPerSecond?: number
  readonly headers: Readonly<Record<string, string>>
  readonly connections: number
  readonly millis: number
}

export interface LoadResult {
  readonly requests: number
  readonly requestsPerSecond: number
  readonly p50Millis: number
  readonly p99Millis: number
}

const generator = fileURLToPath(new URL("generator.ts", import.meta.url))

/** Runs it from another process, so that it takes no time from whoever measures. Any answer but a 200 fails it. */
export const underLoad = (load: Load): Promise<LoadResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [generator], { stdio: ["pipe", "pipe", "inherit"] })
    child.stdin.end(JSON.stringify(load))
    let printed = ""
    child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()))
    child.once("error", reject)
    child.once("close", (code) =>
      code === 0 ? resolve(JSON.parse(printed) as LoadResult) : reject(new Error("the load failed"))
    )
  })
