import { Effect } from "effect"
import { mkdtemp, rm } from "node:fs/promises"
import { createRequire } from "node:module"
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** It comes without types: what tests use of it. */
const S3rver: new (options: {
  readonly address: string
  readonly port: number
  readonly silent: boolean
  readonly directory: string
  readonly configureBuckets: ReadonlyArray<{ readonly name: string }>
}) => { readonly run: () => Promise<{ readonly port: number }>; readonly close: () => Promise<void> } = createRequire(
  import.meta.url
)("@20minutes/s3rver")

/** What the server of tests takes for the keys of an account. */
const credentials = { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER" }

export interface TestBucket {
  readonly bucket: string
  readonly endpoint: string
  /** Method and path of every request, in order. */
  readonly requests: Array<string>
  /** Bytes after which the connection of an answer to a GET is cut; undefined: none is. */
  cutAfter: number | undefined
}

const pass = (bucket: TestBucket, port: number) => (from: IncomingMessage, to: ServerResponse) => {
  bucket.requests.push(`${from.method} ${from.url}`)
  const cutAfter = from.method === "GET" ? bucket.cutAfter : undefined
  const passed = forward(
    { host: "127.0.0.1", port, method: from.method, path: from.url, headers: from.headers },
    (answer) => {
      to.writeHead(answer.statusCode!, answer.headers)
      let sent = 0
      if (cutAfter === undefined) return answer.pipe(to)
      answer.on("data", (piece: Buffer) => {
        const head = piece.subarray(0, cutAfter - sent)
        sent += piece.length
        if (sent < cutAfter) return to.write(head)
        answer.destroy()
        return to.write(head, () => to.destroy())
      })
      return answer.on("end", () => to.end())
    }
  )
  passed.on("error", () => to.destroy())
  from.pipe(passed)
}

/** A bucket of a server that speaks S3 and checks signatures, behind a line that can break. */
export const testBucket = Effect.acquireRelease(
  Effect.promise(async () => {
    const directory = await mkdtemp(join(tmpdir(), "audiences-s3-"))
    Object.assign(process.env, credentials)
    const server = new S3rver({
      address: "127.0.0.1",
      port: 0,
      silent: true,
      directory,
      configureBuckets: [{ name: "uploads" }]
    })
    const { port } = await server.run()
    const bucket: TestBucket = { bucket: "uploads", endpoint: "", requests: [], cutAfter: undefined }
    const line = createServer(pass(bucket, port))
    await new Promise<void>((resolve) => line.listen(0, "127.0.0.1", resolve))
    Object.assign(bucket, { endpoint: `http://127.0.0.1:${(line.address() as AddressInfo).port}` })
    return {
      bucket,
      close: async () => {
        line.closeAllConnections()
        line.close()
        await server.close()
        await rm(directory, { recursive: true, force: true })
      }
    }
  }),
  ({ close }) => Effect.promise(close)
).pipe(Effect.map(({ bucket }) => bucket))
