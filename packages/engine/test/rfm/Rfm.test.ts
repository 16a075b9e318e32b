import { OrganizationId } from "@audiences/domain/Organization"
import { DatabaseClock } from "@audiences/engine/DatabaseClock"
import { AudienceGroupRepo } from "@audiences/engine/groups/AudienceGroupRepo"
import { Segmentations } from "@audiences/engine/groups/Segmentations"
import { JobQueue } from "@audiences/engine/jobs/JobQueue"
import { Rfm } from "@audiences/engine/rfm/Rfm"
import { RfmRepo } from "@audiences/engine/rfm/RfmRepo"
import { assert, it } from "@effect/vitest"
import { DateTime, Effect, Layer, Option } from "effect"

const organizationId = OrganizationId.make("019845e1-682f-4b02-a706-3b2422d13aec")

it.effect("a scoring that fails is remembered as failed, and leaves its job done", () =>
  Effect.gen(function* () {
    const told: Array<string> = []
    const repo = Layer.mock(RfmRepo, {
      begin: () => Effect.succeed(Option.some("run")),
      advance: () => Effect.die(new Error("the disk is full")),
      failed: (organization) => Effect.sync(() => void told.push(organization))
    })
    const others = Layer.mergeAll(
      Layer.mock(AudienceGroupRepo, {}),
      Layer.mock(Segmentations, {}),
      Layer.mock(JobQueue, {}),
      Layer.succeed(DatabaseClock, { now: Effect.succeed(DateTime.makeUnsafe(0)) })
    )
    const rfm = Rfm.layer.pipe(Layer.provide([repo, others]))
    yield* Effect.provide(
      Effect.flatMap(Rfm, ({ run }) => run(organizationId)),
      rfm
    )
    assert.deepStrictEqual(told, [organizationId])
  })
)
