import { popcount } from "@audiences/engine/memberships/Block"
import { Columns } from "@audiences/storage/columns/Columns"
import { compared, median, type Row, rounded } from "../Benchmark.ts"
import { main } from "../data/audiences.mjs"
import { now } from "../data/gen-consumers.mjs"
import * as reference from "../data/reference.mjs"
import { assertSame, columnOptions, conditionOf, faster, millisOf, type Subject } from "./Subject.ts"

const rounds = 9
/** PostgreSQL takes long, and varies little. */
const countRounds = 3

/** The main audience: cold, then warm, in turns with the loop written by hand and with PostgreSQL. */
export const mainAudience = async ({ count, organizationId, rows, url }: Subject): Promise<ReadonlyArray<Row>> => {
  const condition = conditionOf(main)
  const plainColumns = reference.columns(rows)
  const bits = new Uint32Array((rows + 31) >>> 5)
  const columns = new Columns({ url, ...columnOptions })
  const found = { warm: 0, plain: 0, postgres: 0 }
  const evaluate = async () => {
    const evaluation = await columns.evaluate(organizationId, condition, now)
    found.warm = [...(evaluation?.blocks.values() ?? [])].reduce((sum, block) => sum + popcount(block), 0)
  }
  const times = { warm: [] as Array<number>, plain: [] as Array<number>, postgres: [] as Array<number> }
  const cold = await millisOf(evaluate)
  for (let round = 0; round < rounds; round++) {
    bits.fill(0)
    times.plain.push(await millisOf(() => (found.plain = reference.main(plainColumns, bits))))
    times.warm.push(await millisOf(evaluate))
    if (round < countRounds) times.postgres.push(await millisOf(async () => (found.postgres = await count(condition))))
  }
  await columns.close()
  assertSame("The main audience", ...Object.values(found))
  const [warm, postgres] = [median(times.warm), median(times.postgres)]
  return [
    compared({
      work: `the main audience over ${rounded(rows)}, warm, beside the loop by hand`,
      unit: "ms",
      figure: warm,
      reference: median(times.plain),
      reach: { atMost: 0.6 }
    }),
    faster("the same, beside SELECT count(*)", warm, postgres, 15),
    faster("the same, cold: from nothing loaded", cold, postgres)
  ]
}
