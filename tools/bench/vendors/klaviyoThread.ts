// Klaviyo's stand-in with one list of made-up people, in a thread of its own. Says where it listens; told how many, it changes as many.
import { Effect } from "effect"
import { parentPort, workerData } from "node:worker_threads"
import { klaviyoServer } from "../../vitest/vendors/KlaviyoServer.ts"

const { count, listId } = workerData as { readonly count: number; readonly listId: string }

const person = (i: number, plan: string) => ({
  id: `01${String(i).padStart(24, "0")}`,
  email: `person${i}@example.com`,
  phone_number: `+1${2_000_000_000 + i}`,
  first_name: "Person",
  last_name: `Number ${i}`,
  properties: { plan, city: `City ${i % 1000}`, visits: i % 50 }
})

const list = {
  kind: "list" as const,
  id: listId,
  name: "Everybody",
  profiles: Array.from({ length: count }, (_, i) => person(i, `plan ${i % 5}`))
}

await Effect.runPromise(
  Effect.scoped(
    Effect.gen(function* () {
      const { apiKey, origin } = yield* klaviyoServer({ lists: [list] })
      parentPort?.on("message", (changed: number) => {
        list.profiles = list.profiles.map((each, i) => (i < changed ? person(i, "another") : each))
        parentPort?.postMessage("changed")
      })
      parentPort?.postMessage({ apiKey, origin })
      return yield* Effect.never
    })
  )
)
