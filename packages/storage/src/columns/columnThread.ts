import { type MessagePort, parentPort, workerData } from "node:worker_threads"
import { type Answer, failed, type Request } from "../threads/ThreadMessages.ts"
import type { Dropped, Evaluate, Evaluated, Forget, Prepare, ThreadRole } from "./ColumnMessages.ts"

// The program of a thread: the one that keeps the columns, or one of those that evaluate. Either loads only what it needs.

const load = async (port: MessagePort, url: string, memoryBytes: number): Promise<void> => {
  const [{ Pool }, { ColumnStore }] = await Promise.all([import("pg"), import("./ColumnStore.ts")])
  const pool = new Pool({ connectionString: url, application_name: "audiences columns", max: 3 })
  // A connection that is lost while nobody uses it: the next one is made when it is needed.
  pool.on("error", () => undefined)
  const store = new ColumnStore(pool, memoryBytes, (organizationId, name) => {
    port.postMessage({ organizationId, name } satisfies Dropped)
  })
  port.on("message", ({ body, id }: Request<Prepare>) => {
    store.prepare(body).then(
      (prepared) => port.postMessage({ id, body: prepared }),
      (error: unknown) => port.postMessage(failed(id, error))
    )
  })
}

const evaluate = async (port: MessagePort): Promise<void> => {
  const { BlockEvaluator } = await import("./BlockEvaluator.ts")
  const evaluator = new BlockEvaluator()
  port.on("message", (message: Request<Evaluate> | Forget) => {
    if ("forget" in message) return evaluator.forget(message.forget)
    const { body, id } = message
    try {
      const evaluated = evaluator.evaluate(body)
      const answer: Answer<Evaluated> = { id, body: evaluated }
      port.postMessage(
        answer,
        evaluated.blocks.map(([, bits]) => bits.buffer as ArrayBuffer)
      )
    } catch (error) {
      port.postMessage(failed(id, error))
    }
  })
}

const role = workerData as ThreadRole
if (parentPort !== null) {
  if (role._tag === "Loader") await load(parentPort, role.url, role.memoryBytes)
  else await evaluate(parentPort)
}
