import { readdir } from "node:fs/promises"
import { parseArgs } from "node:util"
import type { Bench, Row, Size } from "./Benchmark.ts"
import { table } from "./Table.ts"

const usage = `npm run bench -- [name …] [--rows 1000000] [--seconds 3] [--json] [--list] [--sources]

  --rows     consumers to generate
  --seconds  length of one round of load
  --json     print the rows as JSON
  --list     print the names
  --sources  run the server from its sources, not as built
`

const folder = new URL("benches/", import.meta.url)

const load = async (name: string): Promise<Bench> =>
  ((await import(new URL(`${name}.ts`, folder).href)) as { readonly default: Bench }).default

const positive = (name: string, text: string): number => {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`--${name} must be a number above zero, not ${text}`)
  return value
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: "string", default: "1000000" },
    seconds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    sources: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const known = (await readdir(folder)).map((file) => file.replace(/\.ts$/, "")).sort()

const main = async (): Promise<void> => {
  const unknown = positionals.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new Error(`no bench is called ${unknown.join(", ")}: there are ${known.join(", ")}`)
  const benches = await Promise.all((positionals.length > 0 ? positionals : known).map(load))
  if (values.list) {
    process.stdout.write(benches.map((bench) => `${bench.name}: ${bench.describe}\n`).join(""))
    return
  }
  const size: Size = {
    rows: Math.ceil(positive("rows", values.rows)),
    roundMillis: positive("seconds", values.seconds) * 1000,
    fromSources: values.sources
  }
  const all: Array<Row> = []
  for (const bench of benches) {
    process.stderr.write(`${bench.name}: ${bench.describe} …\n`)
    const rows = await bench.run(size)
    all.push(...rows)
    if (!values.json) process.stdout.write(`\n${bench.name}\n\n${table(rows)}\n\n`)
  }
  if (values.json) process.stdout.write(`${JSON.stringify(all, null, 2)}\n`)
}

if (values.help) process.stdout.write(usage)
else {
  // A goal that is missed is a figure to read, not a failure.
  await main().catch((error: unknown) => {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    process.exitCode = 1
  })
}
