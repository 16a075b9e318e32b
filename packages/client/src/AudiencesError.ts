import type { ValidationIssue } from "@audiences/domain/ValidationError"
import { type Problem, problemsOf } from "./Problem.ts"

/** What the server may say about a refusal. */
interface Refusal {
  readonly error?: unknown
  readonly issues?: unknown
  readonly requestId?: unknown
}

/**
 * What went wrong, for a `switch`. `NoAnswer`: the server could not be reached, or not in time. `CircuitOpen`: it was not asked, since
 * it failed too often just before. `UnexpectedAnswer`: success, but not JSON. `Refused`: a status that the contract does not have.
 */
export type AudiencesErrorKind =
  | "NoAnswer"
  | "CircuitOpen"
  | "UnexpectedAnswer"
  | "ImportFailed"
  | "ValidationError"
  | "Unauthorized"
  | "Forbidden"
  | "NotFound"
  | "Conflict"
  | "PayloadTooLarge"
  | "RateLimited"
  | "NotImplemented"
  | "ServerError"
  | "Refused"

const kindOfStatus: Readonly<Record<number, AudiencesErrorKind>> = {
  0: "NoAnswer",
  400: "ValidationError",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  413: "PayloadTooLarge",
  429: "RateLimited",
  501: "NotImplemented"
}

const kindOf = (status: number): AudiencesErrorKind =>
  kindOfStatus[status] ?? (status >= 500 ? "ServerError" : status < 300 ? "UnexpectedAnswer" : "Refused")

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

/** Any call that did not succeed, as the Promise client throws it. */
export class AudiencesError extends Error {
  override readonly name = "AudiencesError"
  readonly kind: AudiencesErrorKind
  /** The HTTP status; 0 when no answer came. */
  readonly status: number
  /** What the server said: `validation_error`, `Audience not found`, … */
  readonly error: string
  /** Of a 400: every problem with the request, each with its path, as the server sent it. */
  readonly issues?: ReadonlyArray<typeof ValidationIssue.Encoded>
  /** Of a 400: the issues with their paths as text, `rules[0].values[1]`. */
  readonly problems: ReadonlyArray<Problem>
  /** Leads to the server's log lines about this call. */
  readonly requestId?: string

  constructor(
    status: number,
    error: string,
    options: {
      readonly kind?: AudiencesErrorKind
      readonly refusal?: Refusal
      readonly requestId?: string | undefined
      readonly cause?: unknown
    } = {}
  ) {
    const issues = options.refusal?.issues
    const known = Array.isArray(issues) ? (issues as ReadonlyArray<typeof ValidationIssue.Encoded>) : undefined
    const problems = known === undefined ? [] : problemsOf(known)
    super(
      [error, problems.map(({ message, path }) => (path === "" ? message : `${path}: ${message}`)).join("; ")]
        .filter((part) => part !== "")
        .join(": "),
      { cause: options.cause }
    )
    this.kind = options.kind ?? kindOf(status)
    this.status = status
    this.error = error
    this.problems = problems
    if (known !== undefined) this.issues = known
    const requestId = text(options.refusal?.requestId) ?? options.requestId
    if (requestId !== undefined) this.requestId = requestId
  }

  /** Reads the body of a refusal; one that is not JSON comes from something between here and the server. */
  static ofAnswer(status: number, body: string, requestId: string | undefined): AudiencesError {
    let refusal: Refusal = {}
    try {
      refusal = JSON.parse(body) ?? {}
    } catch {
      // Not of the contract: the status says what there is to say.
    }
    return new AudiencesError(status, text(refusal.error) ?? `The server answered with status ${status}`, {
      refusal,
      requestId
    })
  }
}
