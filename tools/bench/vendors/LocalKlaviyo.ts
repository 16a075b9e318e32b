import { once } from "node:events"
import { Worker } from "node:worker_threads"

/** A server that speaks Klaviyo's protocol without its throttle, and has one list. */
export class LocalKlaviyo implements AsyncDisposable {
  readonly origin: string
  readonly apiKey: string
  readonly listId: string
  readonly #thread: Worker

  private constructor(
    thread: Worker,
    listId: string,
    { apiKey, origin }: { readonly apiKey: string; readonly origin: string }
  ) {
    this.#thread = thread
    this.listId = listId
    this.apiKey = apiKey
    this.origin = origin
  }

  static async start(count: number): Promise<LocalKlaviyo> {
    const listId = "EVERYBODY"
    const thread = new Worker(new URL("klaviyoThread.ts", import.meta.url), { workerData: { count, listId } })
    const [started] = await once(thread, "message")
    return new LocalKlaviyo(thread, listId, started)
  }

  /** Gives the first of the list another property. */
  async change(count: number): Promise<void> {
    this.#thread.postMessage(count)
    await once(this.#thread, "message")
  }

  /** Reads the list as bare fetch does it, page after page, JSON parsed; everybody on it. */
  async read(): Promise<
    ReadonlyArray<{ readonly id: string; readonly attributes: Readonly<Record<string, unknown>> }>
  > {
    const found = []
    let next: string | null = `${this.origin}/api/lists/${this.listId}/profiles?page[size]=100`
    while (next !== null) {
      const answer = await fetch(next, {
        headers: { authorization: `Klaviyo-API-Key ${this.apiKey}`, revision: "2026-07-15" }
      })
      const page = (await answer.json()) as {
        readonly data: ReadonlyArray<{ readonly id: string; readonly attributes: Readonly<Record<string, unknown>> }>
        readonly links: { readonly next: string | null }
      }
      found.push(...page.data)
      next = page.links.next
    }
    return found
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread.terminate()
  }
}
