/** One problem with a request, as a form or a log shows it. */
export interface Problem {
  /** Where it is: `rules[0].values[1]`; empty for the request as a whole. */
  readonly path: string
  readonly message: string
}

const keyOf = (item: unknown): unknown => (typeof item === "object" && item !== null && "key" in item ? item.key : item)

const isName = /^[\p{L}_$][\p{L}\p{N}_$]*$/u

/** The path of an issue in one line: `rules[0].values[1]`, `metadata["odd key"]`. Any host's, so nothing of it is taken for granted. */
export const pathText = (path: unknown): string => {
  if (!Array.isArray(path)) return ""
  return path.map(keyOf).reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`
    if (typeof key !== "string") return text
    return isName.test(key) ? (text === "" ? key : `${text}.${key}`) : `${text}[${JSON.stringify(key)}]`
  }, "")
}

/** The issues of a 400, each with its path in one line. */
export const problemsOf = (issues: ReadonlyArray<unknown>): ReadonlyArray<Problem> =>
  issues.map((issue) => {
    const { message, path } = (typeof issue === "object" && issue !== null ? issue : {}) as Record<string, unknown>
    return { path: pathText(path), message: typeof message === "string" ? message : JSON.stringify(issue) }
  })
