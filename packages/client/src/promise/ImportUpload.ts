import type { Import } from "@audiences/domain/Import"
import { AudiencesError } from "../AudiencesError.ts"
import { failureText, isNews, isOver, lookAgainMillis, lostText, patience } from "../imports/ImportProgress.ts"
import type { Open } from "./Open.ts"
import type { Resource } from "./Wire.ts"

export type ImportState = Open<Resource<typeof Import>>

/** Whether the server may be well again when it is asked the next time. */
const mayPass = (error: unknown): boolean =>
  error instanceof AudiencesError && ["NoAnswer", "CircuitOpen", "RateLimited", "ServerError"].includes(error.kind)

/** What sending and following a file takes. */
export interface ImportSteps {
  readonly begin: () => Promise<ImportState & { readonly uploadUrl: string }>
  readonly send: (uploadUrl: string) => Promise<void>
  readonly latest: () => Promise<ImportState>
  /** Those of the audience, the newest 20. */
  readonly all: () => Promise<ReadonlyArray<ImportState>>
  readonly sleep: (millis: number) => Promise<void>
}

/**
 * An import on its way. Iterated, it is every state that it passes through, from its beginning to its end; awaited, its end. Begins
 * when the first of the two is done, once. An import that fails is thrown as `AudiencesError` of kind `ImportFailed`, with the
 * import as its cause.
 */
export class ImportUpload implements PromiseLike<ImportState>, AsyncIterable<ImportState> {
  readonly #steps: ImportSteps
  readonly #states: AsyncGenerator<ImportState, void, undefined>
  #seen: ImportState | undefined
  #failure: unknown
  #end: Promise<ImportState> | undefined

  constructor(steps: ImportSteps) {
    this.#steps = steps
    this.#states = this.#follow()
  }

  [Symbol.asyncIterator](): AsyncIterator<ImportState, void, undefined> {
    return this.#states
  }

  then<A = ImportState, B = never>(
    onEnd?: ((end: ImportState) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null
  ): Promise<A | B> {
    return (this.#end ??= this.#toEnd()).then(onEnd, onError)
  }

  catch<B = never>(onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<ImportState | B> {
    return this.then(undefined, onError)
  }

  async #toEnd(): Promise<ImportState> {
    while ((await this.#states.next()).done !== true);
    if (this.#failure !== undefined) throw this.#failure
    const end = this.#seen
    if (end === undefined || !isOver(end)) throw new Error("The import is no longer followed: a loop over it was left")
    return end
  }

  async *#follow(): AsyncGenerator<ImportState, void, undefined> {
    try {
      const { uploadUrl, ...begun } = await this.#steps.begin()
      yield (this.#seen = begun as ImportState)
      await this.#steps.send(uploadUrl)
      for (let looked = 0, failed = 0; !isOver(this.#seen); looked++) {
        if (looked > 0) await this.#steps.sleep(lookAgainMillis(looked - 1))
        const now: ImportState | null = await this.#look(begun.id).catch((error: unknown) => {
          if (!mayPass(error) || ++failed > patience) throw error
          return null
        })
        if (now === null) continue
        failed = 0
        const news = isNews(this.#seen, now)
        this.#seen = now
        if (news) yield now
      }
      if (this.#seen.status === "FAILED")
        throw new AudiencesError(200, failureText(this.#seen), { kind: "ImportFailed", cause: this.#seen })
    } catch (error) {
      this.#failure = error
      throw error
    }
  }

  /** The server shows the latest import of an audience, which another one may have become. */
  async #look(id: string): Promise<ImportState> {
    const latest = await this.#steps.latest()
    if (latest.id === id) return latest
    const found = (await this.#steps.all()).find((each) => each.id === id)
    if (found === undefined) throw new AudiencesError(200, lostText, { kind: "ImportFailed" })
    return found
  }
}
