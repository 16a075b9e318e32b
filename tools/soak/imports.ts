import { createHash } from "node:crypto"
import { setTimeout } from "node:timers/promises"
import { parseArgs } from "node:util"
import { withoutTrial } from "./ImportTrial.ts"
import { KillableServer, type Victim, victims } from "./KillableServer.ts"
import { type Followed, TrialImport } from "./TrialImport.ts"
import { isTrialKind, type TrialKind, trials } from "./Trials.ts"

/**
 * Imports one file again and again, for other people each time, and kills the server, the database or both at a random moment of it. The
 * import must end by itself as one that nobody disturbed: the same people, the same members, the same totals of orders, the same counts;
 * at no moment may progress fall or rows be unaccounted for. With `--undo` it is then undone, and disturbed again: all must be as before.
 */
const { values } = parseArgs({
  options: {
    kind: { type: "string", default: "consumers" },
    points: { type: "string", default: "30" },
    rows: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    undo: { type: "boolean", default: false },
    sources: { type: "boolean", default: false }
  }
})
const points = Number(values.points)
const rows = Number(values.rows)
if (!isTrialKind(values.kind)) throw new Error(`--kind is ${Object.keys(trials).join(" or ")}, not ${values.kind}`)
const kind: TrialKind = values.kind

let seed = Number(values.seed)
const random = (): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
  return seed / 4_294_967_296
}

await using killable = await KillableServer.start(values.sources)

interface Outcome {
  readonly counts: ReadonlyArray<number>
  readonly people: string
  readonly members: number
  readonly millis: number
  readonly undoMillis: number
}

/** What is in the list of a trial. */
const standing = async (list: string, name: string) => {
  const people = withoutTrial(await killable.text(`/audiences/${list}/members/export`), name)
  const { count } = await killable.call<{ count: number }>("GET", `/audiences/${list}/count`)
  if (count !== people.length) throw new Error(`${name} has ${people.length} members and counts ${count}`)
  return { members: count, people: createHash("sha256").update(people.join("\n")).digest("hex") }
}

const completed = (name: string, now: Followed): Followed => {
  if (now.status !== "COMPLETED") throw new Error(`${name} ended ${now.status}: ${now.failureReason}`)
  return now
}

const trial = async (name: string, disturb: (step: "millis" | "undoMillis") => Promise<void>): Promise<Outcome> => {
  const { id: list } = await killable.call<{ id: string }>("POST", "/audiences", { name, type: "STATIC_LIST" })
  const { before, disturbed } = trials[kind](name, list, rows)
  for (const each of before) completed(name, await (await TrialImport.open(killable, each)).ended())
  const then = await standing(list, name)
  const start = performance.now()
  const import_ = await TrialImport.open(killable, disturbed)
  const [now] = await Promise.all([import_.ended(), disturb("millis")])
  const counts = import_.partition(completed(name, now))
  const millis = performance.now() - start
  const outcome = { counts, ...(await standing(list, name)), millis, undoMillis: 0 }
  if (!values.undo) return outcome
  const undoStart = performance.now()
  await Promise.all([import_.undone(), disturb("undoMillis")])
  const after = await standing(list, name)
  if (after.people !== then.people)
    throw new Error(`${name} is not as before: ${after.members} of ${then.members} members`)
  return { ...outcome, undoMillis: performance.now() - undoStart }
}

const undisturbed = await trial("undisturbed", async () => {})
process.stdout.write(
  `undisturbed, ${kind}: ${undisturbed.members} members, ${undisturbed.counts.join(" + ")} rows, ${Math.round(undisturbed.millis)} ms\n`
)
const problems: Array<string> = []
for (let point = 0; point < points; point++) {
  const victim: Victim = victims[point % victims.length]!
  const name = `point${point}`
  const killed: Array<number> = []
  try {
    const { counts, members, people } = await trial(name, async (step) => {
      const after = Math.round(random() * undisturbed[step])
      killed.push(after)
      await setTimeout(after)
      await killable.kill(victim)
    })
    if (people !== undisturbed.people || members !== undisturbed.members || counts.join() !== undisturbed.counts.join())
      problems.push(`${name}: ${members} members, ${counts.join(" + ")} rows`)
  } catch (error) {
    problems.push(`${name}: ${String(error)}`)
  }
  process.stdout.write(
    `${name}: ${victim} killed after ${killed.join(" and ")} ms: ${problems.length === 0 ? "as undisturbed" : problems.at(-1)}\n`
  )
}
process.stdout.write(
  `${points} kills, ${kind}${values.undo ? ", and undone" : ""}: ${problems.length === 0 ? "every import ended as if nothing had happened" : `${problems.length} did not end as they should:\n${problems.join("\n")}`}\n`
)
process.exitCode = problems.length === 0 ? 0 : 1
