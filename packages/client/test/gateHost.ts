import { maxCheckSize } from "@audiences/domain/MemberCheck"
import { audienceId } from "./examples.ts"

interface Asked {
  readonly consumers: ReadonlyArray<{ readonly consumerId?: string; readonly email?: string }>
}

const checked = ({ consumerId }: Asked["consumers"][number]) => ({
  consumerId: consumerId ?? null,
  status: consumerId?.endsWith("0") === true ? "IN" : "OUT",
  version: 3,
  asOf: "2026-01-31T09:30:00.000Z",
  stale: false,
  archived: false
})

/** Answers a check of many as a server does: whose id ends with 0 is in, and an email without an @, or at refused.test, is refused. */
export const checkedBy = (body: string): Response => {
  const { consumers } = JSON.parse(body) as Asked
  const issues = consumers.flatMap(({ email }, i) =>
    email === undefined || /@(?!refused)/.test(email)
      ? []
      : [
          {
            kind: "validation",
            type: "pattern",
            expected: "an email address",
            received: email,
            message: "Expected an email address",
            path: ["consumers", i, "email"].map((key) => ({ type: "object", origin: "value", input: null, key }))
          }
        ]
  )
  if (consumers.length > maxCheckSize) return Response.json({ error: "validation_error", issues: [] }, { status: 400 })
  return issues.length > 0
    ? Response.json({ error: "validation_error", issues }, { status: 400 })
    : Response.json({ audienceId, results: consumers.map(checked) })
}
