import { AudiencesError } from "../AudiencesError.ts"
import { chunksOf, issuesByPerson, namedPerson, type Person } from "../gate/CheckBatch.ts"

/** What a request may ask for at once, as `maxCheckSize` of the contract. */
const maxCheckSize = 1000

/** Asks for several people of one audience; answers in their order. */
type CheckAll<Query, Checked> = (
  audienceId: string,
  people: ReadonlyArray<ReturnType<typeof namedPerson>>,
  query: Query
) => PromiseLike<{ readonly results: ReadonlyArray<Checked> }>

interface Waiting<Checked> {
  readonly person: ReturnType<typeof namedPerson>
  readonly resolve: (checked: Checked) => void
  readonly reject: (error: unknown) => void
}

interface Batch<Query, Checked> {
  readonly audienceId: string
  readonly query: Query
  readonly waiting: Array<Waiting<Checked>>
}

/** Gathers the checks of a tick into one request for each audience, and gives each caller an answer or an error of its own. */
export class CheckBatches<Query extends object, Checked> {
  readonly #checkAll: CheckAll<Query, Checked>
  readonly #batches = new Map<string, Batch<Query, Checked>>()

  constructor(checkAll: CheckAll<Query, Checked>) {
    this.#checkAll = checkAll
  }

  check(audienceId: string, person: Person, query: Query): Promise<Checked> {
    return new Promise((resolve, reject) => {
      const name = JSON.stringify([audienceId, query])
      let batch = this.#batches.get(name)
      if (batch === undefined) {
        batch = { audienceId, query, waiting: [] }
        this.#batches.set(name, batch)
        // After everything that this tick still has to do, promises included.
        setTimeout(() => this.#send(name), 0)
      }
      batch.waiting.push({ person: namedPerson(person), resolve, reject })
    })
  }

  #send(name: string): void {
    const batch = this.#batches.get(name)
    this.#batches.delete(name)
    if (batch === undefined) return
    for (const waiting of chunksOf(batch.waiting, maxCheckSize))
      void this.#ask({ ...batch, waiting: [...waiting] }, true)
  }

  async #ask({ audienceId, query, waiting }: Batch<Query, Checked>, first: boolean): Promise<void> {
    try {
      const { results } = await this.#checkAll(
        audienceId,
        waiting.map(({ person }) => person),
        query
      )
      waiting.forEach(({ reject, resolve }, i) => {
        const checked = results[i]
        if (checked === undefined)
          reject(new AudiencesError(200, "The server answered for fewer people than were asked for"))
        else resolve(checked)
      })
    } catch (error) {
      const blamed =
        first && error instanceof AudiencesError && error.issues !== undefined
          ? issuesByPerson(error.issues, waiting.length)
          : null
      if (blamed === null) return waiting.forEach(({ reject }) => reject(error))
      const rest = waiting.filter((each, i) => {
        const issues = blamed.get(i)
        if (issues !== undefined) each.reject(refusalOf(error as AudiencesError, issues))
        return issues === undefined
      })
      if (rest.length > 0) await this.#ask({ audienceId, query, waiting: rest }, false)
    }
  }
}

/** The refusal as the one person would have met it alone. */
const refusalOf = (
  { error, requestId, status }: AudiencesError,
  issues: ReadonlyArray<{ readonly path: ReadonlyArray<unknown> }>
) =>
  new AudiencesError(status, error, {
    refusal: { issues: issues.map((issue) => ({ ...issue, path: issue.path.slice(2) })) },
    requestId
  })
