/** A path of the contract. */
export interface Path {
  readonly text: string
  /** Without its ids, for spans: `/audiences/:id`. */
  readonly route: string
}

/** A path with ids in it: path`/audiences/${id}`. */
export const path = (parts: TemplateStringsArray, ...ids: ReadonlyArray<string>): Path => ({
  text: String.raw(
    { raw: parts },
    ...ids.map((id) => {
      if (typeof id !== "string" || id === "") throw new TypeError("An id must be a text that is not empty")
      return encodeURIComponent(id)
    })
  ),
  route: parts.join(":id")
})

export const pathOf = (path: Path | string): Path => (typeof path === "string" ? { text: path, route: path } : path)

/** `baseUrl` may end with a slash. Parameters that are undefined are left out. */
export const addressOf = (baseUrl: string, path: Path, query: object = {}): string => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return `${baseUrl.replace(/\/+$/, "")}${path.text}${search === "" ? "" : `?${search}`}`
}

export const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, "")
