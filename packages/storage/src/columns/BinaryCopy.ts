import { Query, type Client } from "pg"

/** A query whose COPY TO STDOUT is taken message by message; `pg` has no other way to results in binary. */
class CopyQuery extends Query {
  readonly #take: (bytes: Buffer) => void

  constructor(text: string, take: (bytes: Buffer) => void, done: (error: Error | null) => void) {
    // The types do not know the callback.
    super(...([text, done] as unknown as [string]))
    this.#take = take
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    this.#take(chunk)
  }
}

/** What `COPY (…) TO STDOUT (FORMAT binary)` sends, one row or less at a time. The bytes are good until `take` returns. */
export const copyOut = (client: Client, query: string, take: (bytes: Buffer) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    client.query(
      new CopyQuery(`COPY (${query}) TO STDOUT (FORMAT binary)`, take, (error) =>
        error === null ? resolve() : reject(error)
      )
    )
  })
