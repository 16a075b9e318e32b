import { assert, describe, it } from "@effect/vitest"
import { vi } from "vitest"
import { AudiencesClient } from "@audiences/client/promise"
import { audienceId } from "../examples.ts"
import { completed, failed, importHost, importId, running } from "../importHost.ts"
import { failure } from "./webHost.ts"

const host = (...args: Parameters<typeof importHost>) => {
  const { asked, fetch } = importHost(...args)
  return { asked, client: new AudiencesClient({ baseUrl: "http://host.test/api", apiKey: "sk", fetch }) }
}

describe("imports.upload of the Promise client", () => {
  it("creates the import, sends the file, and gives every state", async () => {
    const { asked, client } = host([{}, running, completed])
    const upload = client.imports.upload(audienceId, new Blob(["email\nada@example.com\n"]))
    assert.deepStrictEqual(asked, [])
    const seen: Array<string> = []
    for await (const { progress, status } of upload) seen.push(`${status} ${progress}`)
    assert.deepStrictEqual(seen, ["PENDING 0", "PROCESSING 50", "COMPLETED 100"])
    assert.deepStrictEqual(asked, [
      "POST /api/audiences/A/import",
      "PUT /u email\nada@example.com\n",
      "GET /api/audiences/A/import",
      "GET /api/audiences/A/import",
      "GET /api/audiences/A/import"
    ])
    assert.strictEqual((await upload).status, "COMPLETED")
  })

  it("gives its end when it is awaited, as often as it is, and begins once", async () => {
    const { asked, client } = host([completed])
    const upload = client.imports.upload(audienceId, "email\n")
    assert.deepStrictEqual([(await upload).id, (await upload).status], [importId, "COMPLETED"])
    assert.lengthOf(asked, 3)
  })

  it("fails when the import does, with what the server says of it", async () => {
    const upload = host([failed]).client.imports.upload(audienceId, "?")
    const error = await failure(upload)
    assert.deepInclude({ ...error }, { kind: "ImportFailed", error: "The import failed: no column is known" })
    assert.deepInclude(error.cause, { id: importId, status: "FAILED" })
    assert.strictEqual(await failure(upload), error)
  })

  it("goes on when the server was away for a while, and fails when it stays away", async () => {
    const away = host(["away", completed])
    const patient = away.client.with({ retry: { retries: 0 } })
    assert.strictEqual((await patient.imports.upload(audienceId, "email\n")).status, "COMPLETED")
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    try {
      const gone = host(["away"])
      const lost = failure(gone.client.with({ retry: { retries: 0 } }).imports.upload(audienceId, "email\n"))
      while (gone.asked.length < 2 + 11) await vi.advanceTimersByTimeAsync(5000)
      assert.strictEqual((await lost).kind, "NoAnswer")
    } finally {
      vi.useRealTimers()
    }
  })

  it("follows its own import when another of the audience has begun", async () => {
    const { asked, client } = host([completed], true)
    assert.strictEqual((await client.imports.upload(audienceId, "email\n")).id, importId)
    assert.include(asked, "GET /api/audiences/A")
  })

  it("ends with the caller's signal, and when a loop over it is left", async () => {
    const gone = new AbortController()
    const { client } = host([running])
    const reason = new Error("the user went away")
    const followed = async () => {
      for await (const { status } of client.with({ signal: gone.signal }).imports.upload(audienceId, "email\n"))
        if (status === "PROCESSING") gone.abort(reason)
    }
    assert.strictEqual(await followed().catch((error: unknown) => error), reason)
    const left = client.imports.upload(audienceId, "email\n")
    for await (const _ of left) break
    assert.match(String(await left.catch((error: unknown) => error)), /no longer followed/)
  })
})
