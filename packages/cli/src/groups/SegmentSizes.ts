import { Effect } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { Audience } from "@audiences/domain/Audience"
import { bar, share, shorterBar } from "../output/Bar.ts"
import type { Shown } from "../output/Output.ts"

export interface Sized {
  readonly count: number
}

/** Each with how many members it has now. */
export const withSizes = Effect.fnUntraced(function* <A extends Pick<Audience, "id">>(audiences: ReadonlyArray<A>) {
  const client = yield* AudiencesClient
  return yield* Effect.forEach(
    audiences,
    (audience) =>
      Effect.map(client.audiences.count({ params: { audienceId: audience.id } }), ({ count }) => ({
        ...audience,
        count
      })),
    { concurrency: 4 }
  )
})

/** Columns that show how large segments are beside each other. */
export const sizeColumns = (all: ReadonlyArray<Sized>): ReadonlyArray<Shown<Sized>> => {
  const whole = all.reduce((sum, { count }) => sum + count, 0)
  const greatest = Math.max(0, ...all.map(({ count }) => count))
  return [
    { title: "MEMBERS", align: "right", of: ({ count }) => count },
    { title: "SHARE", align: "right", of: ({ count }) => share(count, whole) },
    { title: "", scaled: shorterBar, of: ({ count }) => bar(count, greatest) }
  ]
}
