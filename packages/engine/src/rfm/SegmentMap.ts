import { fold } from "@audiences/domain/Fold"
import type { RfmMap, RfmSegment } from "@audiences/domain/Rfm"
import { rfmMaps } from "@audiences/domain/RfmMaps"
import type { RuleLine } from "@audiences/domain/Rule"
import type { Problem } from "@audiences/domain/ValidationError"
import { Result } from "effect"

/** A segment with the ranks it has, as boxes that do not overlap: `[recency, frequency, monetary]`, each from and to. */
export interface MappedSegment {
  readonly name: string
  readonly boxes: ReadonlyArray<Box>
}
type Range = readonly [number, number]
export type Box = readonly [Range, Range, Range]

const all: Range = [1, 5]

export const mapName = (map: RfmMap): string => (typeof map === "string" ? map : "custom")

const ranks = [1, 2, 3, 4, 5]

const has = ({ frequency = all, monetary = all, recency = all }: RfmSegment, r: number, f: number, m: number) =>
  recency[0] <= r && r <= recency[1] && frequency[0] <= f && f <= frequency[1] && monetary[0] <= m && m <= monetary[1]

const maxBoxes = 100

/** How many bins give ranks that a segment has. */
const binsOf = ({ boxes }: MappedSegment): number =>
  Math.min(...boxes.map((box) => Math.max(...box.map(([from]) => from))))

/** The segments of a map that nobody can be in while ranks end at the number of bins; paths lead from the map. */
export const unreachable = (
  map: RfmMap,
  segments: ReadonlyArray<MappedSegment>,
  bins: number
): ReadonlyArray<Problem> =>
  typeof map === "string"
    ? []
    : segments
        .filter((segment) => binsOf(segment) > bins)
        .map((segment) => ({
          path: [map.findIndex((each) => fold(each.name) === fold(segment.name)), "name"],
          type: "segment_bins",
          expected: `ranks of ${bins} bins`,
          message: `${JSON.stringify(segment.name)} needs ${binsOf(segment)} bins, and the method has ${bins}: nobody could be in it`
        }))

/** The segments of a map, in the order in which they are named first, or what is wrong with it; paths lead from the map. */
export const segmentsOf = (map: RfmMap): Result.Result<ReadonlyArray<MappedSegment>, ReadonlyArray<Problem>> => {
  const boxes = typeof map === "string" ? rfmMaps[map] : map
  const problems = typeof map === "string" ? [] : mapProblems(boxes)
  if (problems.length > 0) return Result.fail(problems)
  const cells = new Map<string, { readonly name: string; readonly cells: Array<Cell> }>()
  for (const { name } of boxes) if (!cells.has(fold(name))) cells.set(fold(name), { name, cells: [] })
  for (const r of ranks)
    for (const f of ranks)
      for (const m of ranks) {
        const first = boxes.find((each) => has(each, r, f, m))
        if (first !== undefined) cells.get(fold(first.name))!.cells.push([r, f, m])
      }
  const segments = [...cells.values()].map(({ cells, name }) => ({ name, boxes: boxesOf(cells) }))
  const hidden = segments.findIndex((segment) => segment.boxes.length === 0)
  return hidden === -1 ? Result.succeed(segments) : Result.fail([hiddenSegment(boxes, segments[hidden]!.name)])
}

const mapProblems = (boxes: ReadonlyArray<RfmSegment>): ReadonlyArray<Problem> =>
  boxes.length === 0 || boxes.length > maxBoxes
    ? [
        {
          path: [],
          type: "segment_count",
          expected: `1 to ${maxBoxes} segments`,
          message: `A map has 1 to ${maxBoxes} segments but received ${boxes.length}`
        }
      ]
    : boxes.flatMap((segment, i) =>
        (["recency", "frequency", "monetary"] as const).flatMap((key) => {
          const range = segment[key]
          return range === undefined || range[0] <= range[1]
            ? []
            : [
                {
                  path: [i, key],
                  type: "rank_range",
                  expected: "the lower rank first",
                  message: `No rank is from ${range[0]} to ${range[1]}: send the lower one first`
                }
              ]
        })
      )

const hiddenSegment = (boxes: ReadonlyArray<RfmSegment>, name: string): Problem => ({
  path: [boxes.findIndex((each) => each.name === name), "name"],
  type: "segment_hidden",
  expected: "ranks that no earlier segment has",
  message: `All ranks of ${JSON.stringify(name)} belong to segments before it: move it up, or leave it out`
})

type Cell = readonly [number, number, number]

/** Few boxes that hold exactly these cells: each grows from the first cell that is left, dimension by dimension. */
const boxesOf = (cells: ReadonlyArray<Cell>): ReadonlyArray<Box> => {
  const left = new Set(cells.map(String))
  const boxes: Array<Box> = []
  for (const cell of cells) {
    if (!left.has(String(cell))) continue
    let grown: Box = [
      [cell[0], cell[0]],
      [cell[1], cell[1]],
      [cell[2], cell[2]]
    ]
    for (const dimension of [2, 1, 0] as const)
      for (;;) {
        const wider = grown.map(([from, to], i) => (i === dimension ? [from, to + 1] : [from, to])) as unknown as Box
        if (!cellsOf(wider).every((each) => left.has(String(each)))) break
        grown = wider
      }
    for (const each of cellsOf(grown)) left.delete(String(each))
    boxes.push(grown)
  }
  return boxes
}

const span = ([from, to]: Range) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

const cellsOf = ([recency, frequency, monetary]: Box): ReadonlyArray<Cell> =>
  span(recency).flatMap((r) => span(frequency).flatMap((f) => span(monetary).map((m): Cell => [r, f, m])))

const rankFields = ["activityRank", "purchaseFrequencyRank", "monetaryRank"] as const

/** The rules of a segment: its boxes as groups. Whoever never ordered has ranks of 0, and is in none. */
export const segmentRules = ({ boxes }: MappedSegment, groupIds: ReadonlyArray<string>): ReadonlyArray<RuleLine> =>
  boxes.flatMap((ranges, i) =>
    ranges.map((range, dimension) => ({
      field: rankFields[dimension]!,
      operator: "BETWEEN" as const,
      values: [...range],
      groupId: groupIds[i]!,
      position: i * 3 + dimension
    }))
  )
