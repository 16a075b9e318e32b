/** One call, from its first attempt to its last, as a tracer sees it. */
export interface CallSpan {
  /** The W3C `traceparent` that the server goes on from; none is sent if absent. */
  readonly traceparent?: string
  /** `error` is absent of a call that succeeded. */
  readonly end: (outcome: { readonly status: number; readonly attempts: number; readonly error?: unknown }) => void
}

/** Makes a span for every call; a few lines on top of OpenTelemetry or any other tracer. */
export interface Tracer {
  /** `name` is such as `GET /audiences/:id`: it has no ids and no query. */
  readonly startSpan: (name: string, attributes: Readonly<Record<string, string>>) => CallSpan
}
