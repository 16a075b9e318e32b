// Asks who may enter: many checks, one request.
//
//   npm run build
//   AUDIENCES_SECRET_KEY=sk_… node examples/gate.js
//
// AUDIENCES_URL names the server, http://127.0.0.1:4800/api unless set.
import { AudiencesClient } from "@audiences/client/promise"

const { AUDIENCES_SECRET_KEY: apiKey, AUDIENCES_URL: baseUrl } = process.env
if (!apiKey) throw new Error("Set AUDIENCES_SECRET_KEY to a key of the server")

let requests = 0
const client = new AudiencesClient({
  apiKey,
  ...(baseUrl ? { baseUrl } : {}),
  // A gate would rather hear "no answer" soon.
  timeoutMillis: 2000,
  retry: { retries: 1 },
  circuitBreaker: true,
  hooks: { onResponse: () => requests++ }
})

const [ada] = await client.consumers.batch([
  { email: "ada@example.com", fullName: "Ada Lovelace", emailVerified: true, phoneVerified: false, status: "ACTIVE" }
])
const list = await client.audiences.create({ name: "Example: early access", type: "STATIC_LIST" })
await client.members.add(list.id, [ada.id])

// Each part of a program asks for itself. What is asked in the same tick becomes one request, and each gets its own answer or error.
requests = 0
const answers = await Promise.allSettled([
  // 0: as of now, and not as of the last look.
  client.members.check(list.id, ada.id, { maxStaleSeconds: 0 }),
  client.members.check(list.id, { email: "alan@example.com" }, { maxStaleSeconds: 0 }),
  client.members.check(list.id, { email: "not an email" }, { maxStaleSeconds: 0 })
])
for (const answer of answers) {
  if (answer.status === "fulfilled") console.log(answer.value.status)
  else for (const { message, path } of answer.reason.problems) console.log(`${path}: ${message}`)
}
// The second is for those who had nothing to do with the refusal of the first.
console.log(`${requests} requests`)

await client.audiences.archive(list.id)
