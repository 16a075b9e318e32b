import { DateTime, Effect, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { type SyncSourceFull, SyncSourceId } from "@audiences/domain/SyncSource"
import { audienceArgument } from "../Ids.ts"
import { printRecord } from "../output/Output.ts"
import { SyncFailed } from "./SyncFailed.ts"
import { watchSync } from "./watch.ts"

const decodeId = Schema.decodeUnknownEffect(SyncSourceId)

/** Why a sync did not succeed, and whether it goes on. */
const failureOf = ({ progress, sourceData }: SyncSourceFull): SyncFailed => {
  const reason = typeof sourceData?.failureReason === "string" ? sourceData.failureReason : "no reason was given"
  const again = progress?.retryAt == null ? "" : ` It goes on at ${DateTime.formatIso(progress.retryAt)}.`
  return new SyncFailed({ message: `The sync failed: ${reason.replace(/\.$/, "")}.${again}` })
}

export const sync = Command.make(
  "sync",
  {
    audience: audienceArgument,
    watch: Flag.Boolean("watch").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("Wait until it is over, with progress on standard error; exits with 1 if it fails")
    )
  },
  Effect.fn("syncs.sync")(function* ({ audience, watch }) {
    const { syncs } = yield* AudiencesClient
    const started = yield* syncs.start({ params: { audienceId: audience } })
    if (!watch) return yield* printRecord(started)
    const source = yield* watchSync(yield* decodeId(started.syncSourceId))
    yield* printRecord(source)
    if (source.syncStatus !== "SUCCESS") return yield* failureOf(source)
  })
).pipe(
  Command.withDescription("Sync a SYNCED_LIST with its source now"),
  Command.withExamples([
    { command: "audiences sync 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 --watch", description: "And wait until it is done" }
  ])
)
