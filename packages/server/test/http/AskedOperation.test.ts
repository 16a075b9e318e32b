import { askedOperation } from "@audiences/server/http/AskedOperation"
import { assert, describe, it } from "@effect/vitest"

const id = "0190a000-0000-7000-8000-000000000002"

describe("askedOperation", () => {
  it("knows what is under the base path, however it is written", () => {
    for (const url of [
      "/api",
      "/api/nothing",
      "/api/audiences",
      "//api///audiences/",
      "/%61pi/audiences",
      "http://other/api/audiences",
      "/api/audiences?x=/health"
    ]) {
      assert.strictEqual(askedOperation("GET", url)?.kind, "api", url)
    }
    for (const url of ["/", "/apis", "/API/audiences", "/health/live", "/uploads/x", "/openapi.json?/api/audiences"]) {
      assert.isUndefined(askedOperation("GET", url), url)
    }
  })

  it("tells the gate's operations from all others", () => {
    const members = `/api/audiences/${id}/members`
    assert.strictEqual(askedOperation("GET", `${members}/${id}?maxStaleSeconds=1`)?.kind, "gate")
    assert.strictEqual(askedOperation("HEAD", `${members}/${id}`)?.kind, "gate")
    assert.strictEqual(askedOperation("POST", `${members}/check`)?.kind, "gate")
    for (const [method, path] of [
      ["GET", members],
      ["POST", members],
      ["DELETE", `${members}/${id}`],
      ["GET", `${members}/${id}/explain`],
      ["GET", `/api/consumers/${id}`]
    ] as const) {
      assert.strictEqual(askedOperation(method, path)?.kind, "api", `${method} ${path}`)
    }
  })

  it("names the one place that a key belongs to", () => {
    const path = (url: string) => askedOperation("POST", url)?.keyedPath
    assert.strictEqual(path("/api/consumers/batch"), "/consumers/batch")
    assert.strictEqual(path("/api//consumers/batch/?x"), "/consumers/batch")
    assert.strictEqual(path(`/api/consumers/${id}/activities`), `/consumers/${id}/activities`)
    assert.notStrictEqual(path("/api/consumers/a%2Fb/activities"), path("/api/consumers/a/b/activities"))
    assert.isUndefined(path(`/api/audiences/${id}/members/check`))
    assert.isUndefined(path("/api/audiences/preview"))
    assert.isUndefined(path("/api/nothing"))
    assert.isUndefined(askedOperation("PUT", "/api/consumers/batch")?.keyedPath)
  })

  it("tells queries apart, and not ways to write them", () => {
    const query = (url: string) => askedOperation("POST", url)?.query
    const imports = `/api/audiences/${id}/import`
    assert.notStrictEqual(query(`${imports}?dryRun=true`), query(imports))
    assert.strictEqual(query(`${imports}?mode=%75psert`), query(`${imports}?mode=upsert`))
  })
})
