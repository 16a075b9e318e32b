import { setTimeout } from "node:timers/promises"
import type { ImportOutcome } from "../bench/imports/ImportedFile.ts"
import type { KillableServer } from "./KillableServer.ts"
import type { TrialFile } from "./Trials.ts"

export interface Followed extends ImportOutcome {
  readonly undoneAt: string | null
  readonly undoSkipped: number
}

/** An import whose file has arrived, on a server that may be killed at any moment. */
export class TrialImport {
  readonly #server: KillableServer
  readonly #path: string

  private constructor(server: KillableServer, path: string) {
    this.#server = server
    this.#path = path
  }

  /** Opens imports until one gets its file. */
  static async open(server: KillableServer, { file, place }: TrialFile): Promise<TrialImport> {
    for (;;) {
      const { id, uploadUrl } = await server.call<{ id: string; uploadUrl: string }>("POST", `${place}/import`)
      const sent = await fetch(uploadUrl, { method: "PUT", headers: { "content-type": "text/csv" }, body: file }).catch(
        () => undefined
      )
      if (sent?.ok === true) return new TrialImport(server, `${place}/imports/${id}`)
      await setTimeout(100)
    }
  }

  partition(now: ImportOutcome): ReadonlyArray<number> {
    return [now.createdRows, now.updatedRows, now.unchangedRows, now.duplicateRows, now.rejectedRows]
  }

  #read(): Promise<Followed> {
    return this.#server.call<Followed>("GET", this.#path)
  }

  /** Waits for the end, and throws where what is told on the way cannot be. */
  async ended(): Promise<Followed> {
    let progress = 0
    for (;;) {
      const now = await this.#read()
      const sum = this.partition(now).reduce((a, b) => a + b, 0)
      if (sum !== now.processedConsumers) throw new Error(`rows are unaccounted for: ${JSON.stringify(now)}`)
      if (now.progress < progress) throw new Error(`progress fell from ${progress} to ${now.progress}`)
      if ((now.progress === 100) !== (now.status === "COMPLETED"))
        throw new Error(`progress is ${now.progress} when ${now.status}`)
      progress = now.progress
      if (now.status !== "PROCESSING") return now
      await setTimeout(50)
    }
  }

  /** Undoes it, and waits until nothing of it is left. */
  async undone(): Promise<void> {
    // What was answered may be lost with the server: asked again, it has been begun.
    await this.#server.call("POST", `${this.#path}/undo`).catch((error: unknown) => {
      if (!String(error).includes("already been undone")) throw error
    })
    for (;;) {
      const { undoneAt, undoSkipped } = await this.#read()
      if (undoSkipped > 0) throw new Error(`${undoSkipped} were not undone, though nobody wrote them`)
      if (undoneAt !== null) return
      await setTimeout(50)
    }
  }
}
