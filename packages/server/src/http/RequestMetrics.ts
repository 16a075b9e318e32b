import type { MemberStatus } from "@audiences/domain/MemberCheck"
import { type Context, Metric } from "effect"
import { askedOperation } from "./AskedOperation.ts"

/** Seconds. An answer at the gate takes a fraction of the first, a page of a large list some of the middle, an upload the last. */
const boundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60]

const durations = Metric.histogram("http_server_request_duration_seconds", {
  description: "How long requests took to be answered, but for those that the gate answers from memory",
  boundaries
})

/** Paths outside of the contract are few, and anybody can make up more: they share a name. */
const routeOf = (method: string, url: string): string => askedOperation(method, url)?.path ?? "other"

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])

/** Counts an answer. Never by organization or id: whoever may read the metrics may not know them. */
export const countRequest = (
  context: Context.Context<never>,
  { durationMillis, method, status, url }: { durationMillis: number; method: string; status: number; url: string }
): void =>
  Metric.withAttributes(durations, {
    method: methods.has(method) ? method : "other",
    route: routeOf(method, url),
    status: String(status)
  }).updateUnsafe(durationMillis / 1000, context)

const gateAnswer = (status: MemberStatus) =>
  Metric.counter("gate_answers_from_memory", {
    description: "Answers at the gate that were given ahead of the router",
    incremental: true
  }).pipe(Metric.withAttributes({ status }))

/** Made once: an answer from memory takes microseconds. */
export const gateAnswers: Readonly<Record<MemberStatus, Metric.Counter<number>>> = {
  IN: gateAnswer("IN"),
  OUT: gateAnswer("OUT"),
  UNKNOWN: gateAnswer("UNKNOWN")
}
