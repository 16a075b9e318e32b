import type { AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { MemberExportQuery } from "@audiences/domain/MemberExport"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, Effect, Layer, Option, Stream } from "effect"
import { type MemberSlice, MembershipRepo } from "../memberships/MembershipRepo.ts"
import { headerOf, lineOf } from "./ConsumerLines.ts"

/** Members as files. */
export class Exports extends Context.Service<
  Exports,
  {
    /** Everybody, as of the version that is the present one when it begins. */
    readonly members: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      query: MemberExportQuery
    ) => Effect.Effect<Stream.Stream<Uint8Array>, AudienceNotFound>
  }
>()("@audiences/engine/Exports") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* MembershipRepo

      const members = Effect.fn("Exports.members")(function* (
        organizationId: OrganizationId,
        audienceId: AudienceId,
        { format = "csv", spreadsheet = false }: MemberExportQuery
      ) {
        const read = (from: MemberSlice["end"]) =>
          repo
            .list(organizationId, audienceId, { size: pageSize, backwards: false, from })
            .pipe(Effect.catchTags({ VersionUnknown: Effect.die, VersionNotRetained: Effect.die }))
        const linesOf = ({ data }: MemberSlice) =>
          Effect.map(
            Effect.forEach(data, (consumer) => lineOf(consumer, format, spreadsheet)),
            (lines) => lines.join("")
          )
        // Read before anything is answered: an audience that is not there is a refusal, not a file.
        const first = yield* read(null)
        const pages = Stream.paginate(first, (slice: MemberSlice) =>
          Effect.gen(function* () {
            const lines = yield* linesOf(slice)
            const next =
              slice.end === null ? Option.none<MemberSlice>() : Option.some(yield* Effect.orDie(read(slice.end)))
            return [[lines], next] as const
          })
        )
        return Stream.encodeText(Stream.concat(Stream.make(headerOf(format)), pages))
      })

      return Exports.of({ members })
    })
  )
}

/** Consumers that are in memory at once. */
const pageSize = 500
