import { problemIssue, type ValidationIssue } from "@audiences/domain/ValidationError"
import type { Identifier, Identifiers } from "../../consumers/Identity.ts"

/** Somebody, as a report names them: a consumer by its id, or whom a line of the same file means. */
export type Named = { readonly consumer: string } | { readonly line: number }

const words: { readonly [Name in Identifier]: string } = { email: "Email", phone: "Phone", externalId: "External ID" }

const owning = (named: Named): string =>
  "consumer" in named ? `consumer ${named.consumer}'s` : `of line ${named.line}`

/** Names both: whose the identifier is, and whom the first one given means (null: nobody yet). */
export const takenIssue = (
  given: Identifiers,
  first: Identifier,
  { identifier, owner, self }: { readonly identifier: Identifier; readonly owner: Named; readonly self: Named | null }
): ValidationIssue =>
  problemIssue(given, {
    path: [identifier],
    type: "unique",
    expected: `the ${identifier} of whom the ${first} means`,
    message:
      `${words[identifier]} already exists: it is ${owning(owner)}, ` +
      `while the ${first} is ${self === null ? "nobody's yet" : owning(self)}`
  })

/** Of a row of an import that creates. */
export const knownIssue = (given: Identifiers, first: Identifier, consumer: string): ValidationIssue =>
  problemIssue(given, {
    path: [first],
    type: "mode",
    expected: "somebody who is not known yet",
    message: `${words[first]} already exists: it is consumer ${consumer}'s, and the import only creates`
  })

/** Of a row of an import that updates. */
export const unknownIssue = (given: Identifiers, first: Identifier): ValidationIssue =>
  problemIssue(given, {
    path: [first],
    type: "mode",
    expected: "somebody who is known",
    message: `${words[first]} is nobody's, and the import only updates`
  })
