import type { Page } from "@audiences/domain/Page"

interface Cursors {
  readonly after?: string | undefined
  readonly before?: string | undefined
  readonly last?: unknown
}

/**
 * A list that has not been read yet. Awaited, it is one page; iterated, it is every item from that page on, each further page
 * read when the one before is used up: `for await (const audience of client.audiences.list()) …`.
 */
export class Listing<Item, Query extends object = object> implements PromiseLike<Page<Item>>, AsyncIterable<Item> {
  readonly #read: (query: Query & Cursors) => Promise<Page<Item>>
  readonly #query: Query & Cursors

  constructor(read: (query: Query & Cursors) => Promise<Page<Item>>, query: Query & Cursors) {
    this.#read = read
    this.#query = query
  }

  then<A = Page<Item>, B = never>(
    onPage?: ((page: Page<Item>) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null
  ): Promise<A | B> {
    return this.#read(this.#query).then(onPage, onError)
  }

  catch<B = never>(onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<Page<Item> | B> {
    return this.then(undefined, onError)
  }

  /** Page after page: forwards, or backwards if the list was asked for with `last` or `before`. */
  async *pages(): AsyncGenerator<Page<Item>, void, undefined> {
    const backwards = this.#query.last !== undefined || this.#query.before !== undefined
    let query = this.#query
    for (;;) {
      const page = await this.#read(query)
      yield page
      const cursor = backwards ? page.pageInfo.startCursor : page.pageInfo.endCursor
      if (cursor === null) return
      query = backwards ? { ...query, before: cursor } : { ...query, after: cursor }
    }
  }

  /** The items as an array: as many as there are, but no more than `limit`, so that a list that has grown does not fill the memory. */
  async toArray(limit: number): Promise<ReadonlyArray<Item>> {
    const items: Array<Item> = []
    if (limit <= 0) return items
    for await (const item of this) if (items.push(item) >= limit) break
    return items
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const page of this.pages()) yield* page.data
  }
}
