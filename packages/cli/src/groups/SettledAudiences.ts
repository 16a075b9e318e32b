import { Effect } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { Audience } from "@audiences/domain/Audience"
import { watchAudience } from "../audiences/watch.ts"

/** Waits until the memberships of all reflect everything. */
export const settled = Effect.fnUntraced(function* (all: ReadonlyArray<Pick<Audience, "id">>) {
  const { audiences } = yield* AudiencesClient
  for (const { id } of all) {
    const now = yield* audiences.status({ params: { audienceId: id } })
    yield* watchAudience(id, now, ({ inProgress, stale }) => !inProgress && !stale)
  }
})
