import { createHash } from "node:crypto"
import { setTimeout } from "node:timers/promises"
import { parseArgs } from "node:util"
import type { ImportOutcome } from "../bench/imports/ImportedFile.ts"
import { knownFile, trialFile, withoutTrial } from "./ImportTrial.ts"
import { KillableServer, type Victim, victims } from "./KillableServer.ts"

/**
 * Imports one file again and again, for other people each time, and kills the server, the database or both at a random moment of it. The
 * import must end by itself as one that nobody disturbed: the same people, the same members, the same counts; at no moment may progress
 * fall or rows be unaccounted for.
 */
const { values } = parseArgs({
  options: {
    points: { type: "string", default: "30" },
    rows: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    sources: { type: "boolean", default: false }
  }
})
const points = Number(values.points)
const rows = Number(values.rows)

let seed = Number(values.seed)
const random = (): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
  return seed / 4_294_967_296
}

await using killable = await KillableServer.start(values.sources)

const upload = async (audienceId: string, file: string): Promise<void> => {
  for (;;) {
    const { uploadUrl } = await killable.call<{ uploadUrl: string }>("POST", `/audiences/${audienceId}/import`)
    const sent = await fetch(uploadUrl, { method: "PUT", headers: { "content-type": "text/csv" }, body: file }).catch(
      () => undefined
    )
    if (sent?.ok === true) return
    await setTimeout(100)
  }
}

const partition = (now: ImportOutcome) =>
  [now.createdRows, now.updatedRows, now.unchangedRows, now.duplicateRows, now.rejectedRows] as const

/** Waits for the end, and throws where what is told on the way cannot be. */
const ended = async (audienceId: string): Promise<ImportOutcome> => {
  let progress = 0
  for (;;) {
    const now = await killable.call<ImportOutcome>("GET", `/audiences/${audienceId}/import`)
    const sum = partition(now).reduce((a, b) => a + b, 0)
    if (sum !== now.processedConsumers) throw new Error(`rows are unaccounted for: ${JSON.stringify(now)}`)
    if (now.progress < progress) throw new Error(`progress fell from ${progress} to ${now.progress}`)
    if ((now.progress === 100) !== (now.status === "COMPLETED"))
      throw new Error(`progress is ${now.progress} when ${now.status}`)
    progress = now.progress
    if (now.status !== "PROCESSING") return now
    await setTimeout(50)
  }
}

interface Outcome {
  readonly counts: ReadonlyArray<number>
  readonly people: string
  readonly members: number
  readonly millis: number
}

const trial = async (name: string, disturb: () => Promise<void>): Promise<Outcome> => {
  const { id } = await killable.call<{ id: string }>("POST", "/audiences", { name, type: "STATIC_LIST" })
  await upload(id, knownFile(name, rows))
  await ended(id)
  const start = performance.now()
  await upload(id, trialFile(name, rows))
  const [now] = await Promise.all([ended(id), disturb()])
  if (now.status !== "COMPLETED") throw new Error(`${name} ended ${now.status}: ${now.failureReason}`)
  const millis = performance.now() - start
  const people = withoutTrial(await killable.text(`/audiences/${id}/members/export`), name)
  const { count } = await killable.call<{ count: number }>("GET", `/audiences/${id}/count`)
  if (count !== people.length) throw new Error(`${name} has ${people.length} members and counts ${count}`)
  return {
    counts: partition(now),
    people: createHash("sha256").update(people.join("\n")).digest("hex"),
    members: count,
    millis
  }
}

const undisturbed = await trial("undisturbed", async () => {})
process.stdout.write(
  `undisturbed: ${undisturbed.members} members, ${undisturbed.counts.join(" + ")} rows, ${Math.round(undisturbed.millis)} ms\n`
)
const problems: Array<string> = []
for (let point = 0; point < points; point++) {
  const victim: Victim = victims[point % victims.length]!
  const after = Math.round(random() * undisturbed.millis)
  const name = `point${point}`
  try {
    const { counts, members, people } = await trial(name, async () => {
      await setTimeout(after)
      await killable.kill(victim)
    })
    if (people !== undisturbed.people || members !== undisturbed.members || counts.join() !== undisturbed.counts.join())
      problems.push(`${name}: ${members} members, ${counts.join(" + ")} rows`)
  } catch (error) {
    problems.push(`${name}: ${String(error)}`)
  }
  process.stdout.write(
    `${name}: ${victim} killed after ${after} ms: ${problems.length === 0 ? "as undisturbed" : problems.at(-1)}\n`
  )
}
process.stdout.write(
  `${points} kills: ${problems.length === 0 ? "every import ended as if nothing had happened" : `${problems.length} did not end as they should:\n${problems.join("\n")}`}\n`
)
process.exitCode = problems.length === 0 ? 0 : 1
