import type { Actor } from "@audiences/domain/Actor"
import type { AudienceGroupId } from "@audiences/domain/AudienceGroup"
import type { RfmInput, RfmMethod } from "@audiences/domain/Rfm"
import { Uuid } from "@audiences/domain/Uuid"
import { type Problem, refuse } from "@audiences/domain/ValidationError"
import { Effect, Option, Result } from "effect"
import type { SegmentationInput } from "../groups/Segmentations.ts"
import { defaultMethod, methodOf, methodProblems } from "./RfmMethods.ts"
import type { RfmRepo, SegmentNeed } from "./RfmRepo.ts"
import { type MappedSegment, mapName, segmentRules, segmentsOf, unreachable } from "./SegmentMap.ts"

/** A method has too few bins for a segment of another group: ranks are the organization's. */
const binProblem = ({ method }: RfmInput, { bins, groupName, name }: SegmentNeed): Problem => ({
  path: method?.bins === undefined ? ["method"] : ["method", "bins"],
  type: "rfm_bins",
  expected: `${bins} bins`,
  message: `The segment ${JSON.stringify(name)} of the group ${JSON.stringify(groupName)} needs ${bins} bins, and all groups have one method: change the map of that group first, or archive it`
})

const draftsOf = (map: RfmInput["segmentMap"] & {}, segments: ReadonlyArray<MappedSegment>) =>
  Effect.gen(function* () {
    const uuid = yield* Uuid
    return yield* Effect.forEach(segments, (segment, i) =>
      Effect.map(
        Effect.forEach(segment.boxes, () => uuid),
        (ids) => ({
          name: segment.name,
          iconName: null,
          metadata: { rfmSegmentMap: mapName(map), rfmOrder: i },
          rules: segmentRules(segment, ids)
        })
      )
    )
  })

/** The segments of a map, or what is wrong with it for a method; paths lead from the body. */
const segmentsFor = (map: RfmInput["segmentMap"] & {}, { bins }: RfmMethod) => {
  const segments = segmentsOf(map)
  const problems = Result.isFailure(segments) ? segments.failure : unreachable(map, segments.success, bins)
  return {
    segments: Result.getOrElse(segments, () => []),
    problems: problems.map((each) => ({ ...each, path: ["segmentMap", ...each.path] }))
  }
}

/** The audiences and the scoring that an input asks for, or everything that is wrong with it. */
export const plannedSegmentation = Effect.fnUntraced(function* (
  repo: typeof RfmRepo.Service,
  actor: Actor,
  groupId: AudienceGroupId,
  input: RfmInput,
  action: "rfm.create" | "rfm.replace"
) {
  const { groupName, intervalSeconds, segmentMap: map = "fanfare5" } = input
  const given = input.method === undefined ? undefined : methodOf(input.method)
  const kept = Effect.map(
    repo.state(actor.organizationId),
    Option.match({ onNone: () => defaultMethod, onSome: (state) => state.method })
  )
  const method = given ?? (yield* kept)
  const { problems, segments } = segmentsFor(map, method)
  const others = given === undefined ? [] : yield* repo.segmentsBeyond(actor.organizationId, given.bins, groupId)
  // One says what to do; when it is done the next is told.
  const all = [
    ...methodProblems(input, method),
    ...others.slice(0, 1).map((other) => binProblem(input, other)),
    ...problems
  ]
  if (all.length > 0) return yield* refuse(input, all)
  const segmentation: SegmentationInput = {
    groupId,
    groupName,
    groupType: "RFM",
    action,
    segments: yield* draftsOf(map, segments),
    scoring: {
      ...(given === undefined ? {} : { method: given }),
      ...(intervalSeconds === undefined ? {} : { intervalSeconds })
    }
  }
  return segmentation
})
