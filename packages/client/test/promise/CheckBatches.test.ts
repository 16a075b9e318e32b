import { assert, describe, it } from "@effect/vitest"
import { maxCheckSize } from "@audiences/domain/MemberCheck"
import { AudiencesClient } from "@audiences/client/promise"
import { audienceId } from "../examples.ts"
import { checkedBy } from "../gateHost.ts"
import { clientOf, failure } from "./webHost.ts"

const gate = () => {
  const asked: Array<{ readonly url: string; readonly count: number }> = []
  const fetch = async (url: URL | RequestInfo, init?: RequestInit) => {
    const body = String(init?.body)
    asked.push({ url: String(url), count: JSON.parse(body).consumers.length })
    return checkedBy(body)
  }
  return { asked, client: new AudiencesClient({ baseUrl: "http://host.test/api", apiKey: "sk", fetch }) }
}

const other = audienceId.replace(/1$/, "2")

describe("members.check of the Promise client", () => {
  it("asks once for all checks of a tick, also of those that promises lead to", async () => {
    const { asked, client } = gate()
    const late = async (id: string) => {
      await Promise.resolve()
      return client.members.check(audienceId, id)
    }
    const answers = await Promise.all([
      client.members.check(audienceId, "p10"),
      client.members.check(audienceId, { email: "ada@example.com" }),
      late("p11"),
      late("p20")
    ])
    assert.deepStrictEqual(
      answers.map(({ status }) => status),
      ["IN", "OUT", "OUT", "IN"]
    )
    assert.deepStrictEqual(asked, [{ url: `http://host.test/api/audiences/${audienceId}/members/check`, count: 4 }])
    await client.members.check(audienceId, "p10")
    assert.lengthOf(asked, 2)
  })

  it("asks apart for other audiences and other freshness, and for no more people at once than the server takes", async () => {
    const { asked, client } = gate()
    const many = Array.from({ length: maxCheckSize + 1 }, (_, i) => client.members.check(audienceId, `p${i}`))
    const answers = await Promise.all([
      ...many,
      client.members.check(other, "p1"),
      client.members.check(audienceId, "p1", { maxStaleSeconds: 0 })
    ])
    assert.strictEqual(answers.filter(({ status }) => status === "IN").length, 101)
    assert.deepStrictEqual(
      asked.map(({ count, url }) => [url.replace(/.*audiences\//, ""), count]),
      [
        [`${audienceId}/members/check`, 1000],
        [`${audienceId}/members/check`, 1],
        [`${other}/members/check`, 1],
        [`${audienceId}/members/check?maxStaleSeconds=0`, 1]
      ]
    )
  })

  it("fails those who are to blame for a refusal, and answers the others", async () => {
    const { asked, client } = gate()
    const [first, refused, last] = await Promise.allSettled([
      client.members.check(audienceId, "p10"),
      client.members.check(audienceId, { email: "nobody" }),
      client.members.check(audienceId, "p11")
    ])
    assert.strictEqual(first?.status === "fulfilled" && first.value.status, "IN")
    assert.strictEqual(last?.status === "fulfilled" && last.value.status, "OUT")
    assert.deepStrictEqual(refused?.status === "rejected" && refused.reason.problems, [
      { path: "email", message: "Expected an email address" }
    ])
    assert.deepStrictEqual(
      asked.map(({ count }) => count),
      [3, 2]
    )
  })

  it("fails everybody when it is nobody's fault, or nobody is answered for", async () => {
    const missing = clientOf([Response.json({ error: "Audience not found" }, { status: 404 })])
    const errors = await Promise.all([1, 2].map(() => failure(missing.client.members.check(audienceId, "p1"))))
    assert.deepStrictEqual(
      errors.map(({ kind }) => kind),
      ["NotFound", "NotFound"]
    )
    const short = clientOf([Response.json({ audienceId, results: [] })])
    assert.strictEqual((await failure(short.client.members.check(audienceId, "p1"))).kind, "UnexpectedAnswer")
    const issue = { message: "Too old", path: [{ key: "maxStaleSeconds" }] }
    const query = clientOf([Response.json({ error: "validation_error", issues: [issue] }, { status: 400 })])
    assert.deepStrictEqual((await failure(query.client.members.check(audienceId, "p1"))).problems, [
      { path: "maxStaleSeconds", message: "Too old" }
    ])
  })
})
