import { type Transferable, Worker } from "node:worker_threads"
import type { Answer, Request } from "./ThreadMessages.ts"

/** The thread ended before it answered. */
export class ThreadDied extends Error {}

interface Pending {
  readonly resolve: (body: never) => void
  readonly reject: (error: Error) => void
}

/** As sources, or built: a thread's program lies beside the module that starts it, under the same name, in either. */
const isSource = import.meta.url.endsWith(".ts")

/** The program of a thread, by its name and the URL of the module beside it. */
export const threadProgram = (name: string, beside: string): URL =>
  new URL(`./${name}${isSource ? ".ts" : ".js"}`, beside)

/** A thread that answers requests, in any order. */
export class Thread {
  readonly worker: Worker
  readonly #pending = new Map<number, Pending>()
  #requests = 0
  #alive = true

  /** `notice` gets what the thread says unasked; `died` is called once, after every request that is under way has failed. */
  constructor(program: URL, data: unknown, notice: (message: unknown) => void, died: () => void) {
    this.worker = new Worker(program, {
      workerData: data,
      execArgv: isSource ? ["--conditions=@audiences/source"] : []
    })
    let cause: unknown
    this.worker.on("message", (message: Answer<never>) => {
      if (message.id === undefined) notice(message)
      else this.#answer(message)
    })
    this.worker.on("error", (error) => (cause = error))
    this.worker.on("exit", (code) => {
      this.#alive = false
      for (const { reject } of this.#pending.values()) reject(new ThreadDied(`A thread ended with ${code}`, { cause }))
      this.#pending.clear()
      died()
    })
  }

  /** `take` sees the answer before anything that the thread says later. */
  request<Reply, A>(body: unknown, take: (reply: Reply) => A, transfer: ReadonlyArray<Transferable> = []): Promise<A> {
    return new Promise((resolve, reject) => {
      if (!this.#alive) return reject(new ThreadDied("A thread ended"))
      const id = ++this.#requests
      this.#pending.set(id, { resolve: (reply) => resolve(take(reply)), reject })
      const request: Request<unknown> = { id, body }
      this.worker.postMessage(request, transfer)
    })
  }

  tell(message: unknown): void {
    this.worker.postMessage(message)
  }

  #answer(answer: Answer<never>): void {
    const pending = this.#pending.get(answer.id)
    this.#pending.delete(answer.id)
    if ("failure" in answer) pending?.reject(new Error(answer.failure))
    else pending?.resolve(answer.body)
  }
}
