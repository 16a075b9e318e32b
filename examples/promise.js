// The client for programs that do not use Effect.
//
//   npm run build
//   AUDIENCES_SECRET_KEY=sk_… node examples/promise.js
//
// AUDIENCES_URL names the server, http://127.0.0.1:4800/api unless set.
import { AudiencesClient, AudiencesError } from "@audiences/client/promise"

const { AUDIENCES_SECRET_KEY: apiKey, AUDIENCES_URL: baseUrl } = process.env
if (!apiKey) throw new Error("Set AUDIENCES_SECRET_KEY to a key of the server")

const client = new AudiencesClient({ apiKey, ...(baseUrl ? { baseUrl } : {}) })

// People to choose from. Whoever is known by email, phone or external id is updated, everybody else is created.
const people = await client.consumers.batch([
  {
    email: "ada@example.com",
    fullName: "Ada Lovelace",
    ltv: "1815.12",
    emailVerified: true,
    phoneVerified: false,
    status: "ACTIVE"
  },
  {
    email: "alan@example.com",
    fullName: "Alan Turing",
    ltv: "19.12",
    emailVerified: true,
    phoneVerified: false,
    status: "ACTIVE"
  }
])

// A list of people who were chosen.
const list = await client.audiences.create({ name: "Example: press list", type: "STATIC_LIST" })
const { addedCount } = await client.members.add(
  list.id,
  people.map((person) => person.id)
)
console.log(`${addedCount} people added to ${list.name}`)

// A list may be awaited, which gives one page, or iterated, which gives every item of every page.
for await (const member of client.members.list(list.id, { first: 1 })) {
  console.log(`  ${member.fullName} <${member.email}>`)
}

// What the server refuses is thrown, with its status and every problem it found.
try {
  await client.audiences.create({
    name: "Example: a typing error",
    type: "DYNAMIC",
    rules: [{ field: "ltvv", operator: "EXISTS", values: [] }]
  })
} catch (error) {
  if (!(error instanceof AudiencesError)) throw error
  console.log(
    `Refused with ${error.status}:`,
    error.issues?.map((issue) => issue.message)
  )
}

await client.audiences.archive(list.id)
