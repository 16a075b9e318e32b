/** A key, or where to get one: asked at the first call, and again when the server no longer knows the key. */
export type ApiKeyOption = string | (() => string | PromiseLike<string>)

/** The key that calls show. Calls that find it refused at the same time renew it once. */
export class KeySource {
  readonly #option: ApiKeyOption
  #current: Promise<string> | undefined

  constructor(option: ApiKeyOption) {
    this.#option = option
  }

  current(): Promise<string> {
    return (this.#current ??= this.#asked())
  }

  /** Another key than the one that was refused; null: there is none. */
  async renewed(refused: string): Promise<string | null> {
    if (typeof this.#option === "string") return null
    const before = this.current()
    // Whoever comes second finds what the first has asked for.
    if ((await before) === refused && this.#current === before) this.#current = this.#asked()
    const key = await this.current()
    return key === refused ? null : key
  }

  #asked(): Promise<string> {
    const option = this.#option
    // A key from a file ends with the end of its line.
    const asked = (async () => (typeof option === "string" ? option : await option()).trim())()
    asked.catch(() => {
      if (this.#current === asked) this.#current = undefined
    })
    return asked
  }
}
