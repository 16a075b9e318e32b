import type { OrganizationId } from "@audiences/domain/Organization"
import { RuleLine } from "@audiences/domain/Rule"
import type { Condition } from "@audiences/engine/rules/Condition"
import { compileRules } from "@audiences/engine/rules/RuleCompiler"
import { type Effect, Result, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { availableParallelism } from "node:os"
import { rounded, type Row } from "../Benchmark.ts"
import type { GeneratedRule } from "../data/audiences.mjs"

/** What evaluation is measured on: one organization. */
export interface Subject {
  readonly url: string
  readonly organizationId: OrganizationId
  readonly rows: number
  readonly run: <A>(effect: Effect.Effect<A, unknown, SqlClient.SqlClient>) => Promise<A>
  /** How many PostgreSQL counts. */
  readonly count: (condition: Condition) => Promise<number>
}

/** As the server has it by default. */
export const columnOptions = { memoryBytes: 2 ** 30, threads: Math.max(1, availableParallelism() - 1) }

const decodeRules = Schema.decodeUnknownSync(Schema.Array(RuleLine))

export const conditionOf = (rules: ReadonlyArray<GeneratedRule>): Condition =>
  Result.getOrThrow(compileRules(decodeRules(rules)))

export const millisOf = async (work: () => unknown): Promise<number> => {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** A figure is worth nothing where the answers differ. */
export const assertSame = (what: string, ...counts: ReadonlyArray<number>): void => {
  if (new Set(counts).size > 1) throw new Error(`${what}: the counts differ: ${counts.join(", ")}`)
}

/** A row of which the ratio says how many times as long PostgreSQL takes. */
export const faster = (work: string, figure: number, postgres: number, atLeast?: number): Row => {
  const ratio = postgres / figure
  return {
    work,
    figure: `${rounded(figure)} ms`,
    reference: `${rounded(postgres)} ms`,
    ratio,
    reach: atLeast === undefined ? "" : `≥ ${atLeast}× faster`,
    met: atLeast === undefined ? null : ratio >= atLeast
  }
}
