import { LoyaltyTransactionInput } from "@audiences/domain/LoyaltyTransaction"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Schema } from "effect"

const decode = (bucketExpiresOn: string) =>
  Effect.exit(Schema.decodeUnknownEffect(LoyaltyTransactionInput)({ txnType: "earn", pointsDelta: 1, bucketExpiresOn }))

describe("The day on which points expire", () => {
  for (const day of ["2026-01-31", "2028-02-29", "0001-01-01"]) {
    it.effect(`may be ${day}`, () => Effect.map(decode(day), (exit) => assert.isTrue(Exit.isSuccess(exit))))
  }
  for (const day of ["2026-02-29", "2026-02-30", "2026-13-01", "2026-1-1", "2026-01-31T00:00:00Z", "", "tomorrow"]) {
    it.effect(`is not ${JSON.stringify(day)}`, () =>
      Effect.map(decode(day), (exit) => assert.isTrue(Exit.isFailure(exit)))
    )
  }
})
