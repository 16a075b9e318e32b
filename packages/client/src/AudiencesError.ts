import type { ValidationIssue } from "@audiences/domain/ValidationError"

/** What the server may say about a refusal. */
interface Refusal {
  readonly error?: unknown
  readonly issues?: unknown
  readonly requestId?: unknown
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

/** Any call that did not succeed, as the Promise client throws it. */
export class AudiencesError extends Error {
  override readonly name = "AudiencesError"
  /** The HTTP status; 0 when no answer came. */
  readonly status: number
  /** What the server said: `validation_error`, `Audience not found`, … */
  readonly error: string
  /** Of a 400: every problem with the request, each with its path. */
  readonly issues?: ReadonlyArray<typeof ValidationIssue.Encoded>
  /** Leads to the server's log lines about this call. */
  readonly requestId?: string

  constructor(
    status: number,
    error: string,
    options: { readonly refusal?: Refusal; readonly requestId?: string | undefined; readonly cause?: unknown } = {}
  ) {
    const issues = options.refusal?.issues
    const known = Array.isArray(issues) ? (issues as ReadonlyArray<typeof ValidationIssue.Encoded>) : undefined
    super(known === undefined ? error : `${error}: ${known.map((issue) => issue.message).join("; ")}`, {
      cause: options.cause
    })
    this.status = status
    this.error = error
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
