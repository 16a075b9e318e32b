import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { AudienceStatus } from "@audiences/domain/Membership"
import { audienceArgument } from "../Ids.ts"
import { printRecord } from "../output/Output.ts"
import { Progress } from "../output/Progress.ts"

const pause = "250 millis"

/** Waits until the refresh is over. */
const finished = Effect.fnUntraced(function* (audienceId: AudienceId, begun: AudienceStatus) {
  const { audiences } = yield* AudiencesClient
  const progress = yield* Progress
  const most = begun.pendingShards ?? 0
  let now = begun
  while (now.inProgress) {
    const left = now.pendingShards ?? 0
    yield* progress.show({
      label: "Refreshing",
      ...(most > 0 ? { percent: 100 * (1 - left / most) } : {}),
      details: []
    })
    yield* Effect.sleep(pause)
    now = yield* audiences.status({ params: { audienceId } })
  }
  yield* progress.end
  return now
})

export const refresh = Command.make(
  "refresh",
  {
    audience: audienceArgument,
    watch: Flag.Boolean("watch").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("Wait until it is done")
    )
  },
  Effect.fn("audiences.refresh")(function* ({ audience, watch }) {
    const { audiences } = yield* AudiencesClient
    const begun = yield* audiences.refresh({ params: { audienceId: audience } })
    yield* printRecord(watch ? yield* Effect.provide(finished(audience, begun), Progress.layer) : begun)
  })
).pipe(Command.withDescription("Evaluate a DYNAMIC audience now"))
