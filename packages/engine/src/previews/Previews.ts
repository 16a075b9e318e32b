import type { AudienceNotFound } from "@audiences/domain/Audience"
import type { AudiencePreview, PreviewInput, Sample } from "@audiences/domain/AudiencePreview"
import type { OrganizationId } from "@audiences/domain/Organization"
import { refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Context, Effect, Layer, Result } from "effect"
import { DatabaseClock } from "../DatabaseClock.ts"
import { and, type Block, blockSize, emptyBlock, nextMember, popcount, xor } from "../memberships/Block.ts"
import { Evaluator } from "../memberships/Evaluator.ts"
import { compileRules } from "../rules/RuleCompiler.ts"
import { PreviewRepo } from "./PreviewRepo.ts"

/** What rules would make of an audience, before anything is saved. */
export class Previews extends Context.Service<
  Previews,
  {
    readonly preview: (
      organizationId: OrganizationId,
      input: PreviewInput
    ) => Effect.Effect<AudiencePreview, ValidationError | AudienceNotFound>
  }
>()("@audiences/engine/Previews") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* PreviewRepo
      const evaluator = yield* Evaluator
      const clock = yield* DatabaseClock

      const sampleOf = Effect.fnUntraced(function* (
        organizationId: OrganizationId,
        blocks: ReadonlyMap<number, Block>,
        size: number
      ) {
        const data = yield* repo.consumers(organizationId, firstOrdinals(blocks, size))
        const sample: Sample = { count: countOf(blocks), data }
        return sample
      })

      const preview = Effect.fn("Previews.preview")(function* (organizationId: OrganizationId, input: PreviewInput) {
        const { audienceId, rules, sampleSize = defaultSample } = input
        const condition = compileRules(rules)
        if (Result.isFailure(condition)) {
          return yield* refuse(
            input,
            condition.failure.map((problem) => ({ ...problem, path: ["rules", ...problem.path] }))
          )
        }
        const present =
          audienceId == null
            ? undefined
            : yield* repo
                .members(organizationId, audienceId)
                .pipe(
                  Effect.catchTag("AudienceTypeMismatch", () =>
                    refuse(input, [
                      { path: ["audienceId"], message: "Only a DYNAMIC audience has rules", expected: "DYNAMIC" }
                    ])
                  )
                )
        const now = yield* clock.now
        const { blocks } = yield* evaluator.evaluate(organizationId, condition.success, now)
        const members = yield* sampleOf(organizationId, blocks, sampleSize)
        if (present === undefined) return { asOf: now, members }
        return {
          asOf: now,
          members,
          entering: yield* sampleOf(organizationId, without(blocks, present), sampleSize),
          leaving: yield* sampleOf(organizationId, without(present, blocks), sampleSize)
        }
      })

      return Previews.of({ preview })
    })
  )
}

const defaultSample = 10

const countOf = (blocks: ReadonlyMap<number, Block>): number => {
  let count = 0
  for (const block of blocks.values()) count += popcount(block)
  return count
}

/** Who is in the one and not in the other. */
const without = (one: ReadonlyMap<number, Block>, other: ReadonlyMap<number, Block>): ReadonlyMap<number, Block> =>
  new Map(Array.from(one, ([number, block]) => [number, and(block, xor(block, other.get(number) ?? emptyBlock()))]))

const firstOrdinals = (blocks: ReadonlyMap<number, Block>, size: number): ReadonlyArray<number> => {
  const ordinals: Array<number> = []
  for (const [number, block] of [...blocks].sort(([a], [b]) => a - b)) {
    for (let offset = nextMember(block, 0); offset !== -1; offset = nextMember(block, offset + 1)) {
      if (ordinals.length >= size) return ordinals
      ordinals.push(number * blockSize + offset)
    }
  }
  return ordinals
}
