import { Effect, Schema, SchemaAST, SchemaIssue } from "effect"

const PathItem = Schema.Struct({
  type: Schema.String,
  origin: Schema.String,
  /** What the key was looked up in. Where that is large, its kind (`Object`, `Array`) stands for it. */
  input: Schema.Unknown,
  key: Schema.Union([Schema.String, Schema.Finite])
}).annotate({ identifier: "ValidationPathItem" })

/** One problem with a request: what was expected, what came, and where. */
export const ValidationIssue = Schema.Struct({
  kind: Schema.String,
  type: Schema.String,
  expected: Schema.String,
  received: Schema.String,
  message: Schema.String,
  path: Schema.Array(PathItem)
}).annotate({ identifier: "ValidationIssue" })
export type ValidationIssue = typeof ValidationIssue.Type

/** The one body of every 400: all problems at once, each with its path. */
export class ValidationError extends Schema.Error<ValidationError>("ValidationError")(
  {
    _tag: Schema.tagDefaultOmit("ValidationError"),
    error: Schema.Literal("validation_error").pipe(
      Schema.withConstructorDefault(Effect.succeed("validation_error" as const))
    ),
    issues: Schema.Array(ValidationIssue)
  },
  { httpApiStatus: 400 }
) {}

/** A problem found by other means than a schema: `path` leads from `root` to the value. */
export interface Problem {
  readonly path: ReadonlyArray<PropertyKey>
  readonly message: string
  /** A short name of the check, such as `rule_arity`. */
  readonly type?: string
  readonly expected?: string
}

/** Characters of JSON up to which the container of a refused value is echoed. */
const echoLimit = 1000

const kindOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "Array" : typeof value === "object" ? "Object" : typeof value

const describe = (value: unknown): string => {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value)
    case "object":
      return kindOf(value)
    default:
      return String(value)
  }
}

/** What stands under this key opens accounts elsewhere: nothing of it is echoed. */
const secretKey = "credentials"
const notShown = "(not shown)"
const withoutSecrets = (key: string, value: unknown): unknown => (key === secretKey ? notShown : value)

const echo = (container: unknown): unknown => {
  const json = JSON.stringify(container, withoutSecrets)
  // Through JSON: of `1e400` it makes null, and nothing else can be sent.
  return json === undefined || json.length > echoLimit ? kindOf(container) : JSON.parse(json)
}

/** As many issues as an array has elements may ask for the same array: it is written once. */
const echoes = new WeakMap<object, unknown>()

const echoOnce = (container: unknown): unknown => {
  if (typeof container !== "object" || container === null) return echo(container)
  if (!echoes.has(container)) echoes.set(container, echo(container))
  return echoes.get(container)
}

const lookUp = (container: unknown, key: PropertyKey): unknown =>
  typeof container === "object" && container !== null && Object.hasOwn(container, key)
    ? (container as Record<PropertyKey, unknown>)[key]
    : undefined

const located = (root: unknown, keys: ReadonlyArray<PropertyKey>, origin: "key" | "value") => {
  const path: Array<typeof PathItem.Type> = []
  let value = root
  let isSecret = false
  keys.forEach((key, i) => {
    path.push({
      type: Array.isArray(value) ? "array" : "object",
      origin: i === keys.length - 1 ? origin : "value",
      input: i < keys.length - 1 ? kindOf(value) : isSecret ? notShown : echoOnce(value),
      key: typeof key === "symbol" ? key.toString() : key
    })
    value = lookUp(value, key)
    isSecret ||= key === secretKey
  })
  return { path, received: isSecret ? notShown : describe(value) }
}

/** The wire form of a problem. */
export const problemIssue = (root: unknown, problem: Problem): ValidationIssue => {
  const { path, received } = located(root, problem.path, "value")
  return {
    kind: "validation",
    type: problem.type ?? "check",
    expected: problem.expected ?? "a valid value",
    received,
    message: problem.message,
    path
  }
}

/** How many issues one refusal lists. A body of nothing but wrong values would be answered by gigabytes. */
const issueLimit = 10_000

const listed = <A>(all: ReadonlyArray<A>, issueOf: (each: A) => ValidationIssue): Array<ValidationIssue> => {
  const issues = all.slice(0, issueLimit).map(issueOf)
  const unlisted = all.length - issues.length
  return unlisted === 0
    ? issues
    : [
        ...issues,
        problemIssue(undefined, { path: [], type: "issue_count", message: `${unlisted} more problems are not listed` })
      ]
}

/** A refusal for reasons that no schema can see. */
export const refuse = (root: unknown, problems: ReadonlyArray<Problem>): ValidationError =>
  new ValidationError({ issues: listed(problems, (problem) => problemIssue(root, problem)) })

interface Finding {
  readonly kind: "schema" | "validation"
  readonly type: string
  readonly expected: string | undefined
  readonly message: string | undefined
  readonly keys: ReadonlyArray<PropertyKey>
  readonly missing: boolean
}

/** The shape of what a type takes, for people: `string | null`, `"DYNAMIC" | "STATIC_LIST"`. */
const shape = (type: SchemaAST.AST): string => {
  // What is sent, not what becomes of it: of an instant the text.
  const ast = SchemaAST.toEncoded(type)
  switch (ast._tag) {
    case "Literal":
      return JSON.stringify(ast.literal)
    case "Union":
      return ast.types.map(shape).join(" | ")
    case "Objects":
      return "object"
    case "Arrays":
      return "array"
    case "Suspend":
      return shape(ast.thunk())
    default:
      return ast._tag.toLowerCase()
  }
}

/** What a check or a refused value expects, as `SchemaIssue` words it without the input: `Expected an integer`. */
const expectation = (issue: SchemaIssue.Issue): string =>
  SchemaIssue.makeFormatterStandardSchemaV1()(issue)
    .issues[0]?.message.replace(/^Expected /, "")
    .replace(/, got [^]*$/, "") ?? "a valid value"

const findings = (issue: SchemaIssue.Issue, keys: ReadonlyArray<PropertyKey>): Array<Finding> => {
  switch (issue._tag) {
    case "Pointer":
      return findings(issue.issue, [...keys, ...issue.path])
    case "Encoding":
      return findings(issue.issue, keys)
    case "Composite":
      return issue.issues.flatMap((each) => findings(each, keys))
    case "AnyOf": {
      const inner = issue.issues.flatMap((each) => findings(each, keys))
      // Members that fail deeper, or on a check, came closest to a match; when none did, the union itself is what was expected.
      const close = inner.filter((each) => each.keys.length > keys.length || each.kind === "validation")
      return close.length > 0
        ? close
        : [
            {
              kind: "schema",
              // A body is a union of one member.
              type: issue.ast.types.length === 1 ? shape(issue.ast) : "union",
              expected: shape(issue.ast),
              message: undefined,
              keys,
              missing: false
            }
          ]
    }
    case "Filter": {
      const nested = findings(issue.issue, keys)
      const message = issue.filter.annotations?.message
      const id =
        issue.filter.annotations?.identifier ??
        issue.filter.annotations?.representation?.id?.split("/").pop() ??
        "check"
      return nested.map((each) => ({
        kind: "validation",
        type: String(id)
          .replace(/^is/, "")
          .replace(/(?<=[a-z])(?=[A-Z])/g, "_")
          .toLowerCase(),
        expected: expectation(issue),
        message: typeof message === "string" ? message : each.message,
        keys: each.keys,
        missing: false
      }))
    }
    case "MissingKey":
      return [
        {
          kind: "schema",
          type: "object",
          expected: JSON.stringify(String(keys[keys.length - 1] ?? "")),
          message: undefined,
          keys,
          missing: true
        }
      ]
    case "InvalidValue": {
      const message = issue.annotations?.message
      return [
        {
          kind: "validation",
          type: "value",
          expected: typeof message === "string" ? message.replace(/^Expected /, "") : expectation(issue),
          message: undefined,
          keys,
          missing: false
        }
      ]
    }
    case "InvalidType":
      return [
        { kind: "schema", type: shape(issue.ast), expected: shape(issue.ast), message: undefined, keys, missing: false }
      ]
    default:
      return [{ kind: "schema", type: "value", expected: expectation(issue), message: undefined, keys, missing: false }]
  }
}

/** The wire form of everything a schema found wrong with `root`. */
export const schemaIssues = (issue: SchemaIssue.Issue, root: unknown): Array<ValidationIssue> =>
  listed(findings(issue, []), ({ kind, type, expected = "a valid value", message, keys, missing }) => {
    const { path, received } = located(root, keys, missing ? "key" : "value")
    const lead = missing ? "Invalid key" : kind === "schema" ? "Invalid type" : "Invalid value"
    return {
      kind,
      type,
      expected,
      received,
      message: message ?? `${lead}: Expected ${expected} but received ${received}`,
      path
    }
  })
