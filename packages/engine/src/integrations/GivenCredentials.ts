import { refuse, type Problem, type ValidationError } from "@audiences/domain/ValidationError"
import { credentialFields, type Vendor } from "@audiences/domain/Vendor"
import { Effect, Redacted } from "effect"
import type { Credentials } from "../connectors/Connector.ts"

const problem = (name: string, message: string, expected: string): Problem => ({
  path: ["credentials", name],
  type: "credentials",
  message,
  expected
})

/** The credentials that a caller gives, if they are all that the vendor asks for and of its form. */
export const givenCredentials = (
  vendor: Vendor,
  given: Readonly<Record<string, string>>
): Effect.Effect<Credentials, ValidationError> => {
  const fields = Object.entries(credentialFields[vendor])
  const values = Object.fromEntries(Object.entries(given).map(([name, text]) => [name, text.trim()]))
  const problems = [
    ...fields.flatMap(([name, { expected, pattern }]) => {
      const value = Object.hasOwn(values, name) ? values[name]! : undefined
      if (value === undefined) return [problem(name, `Missing ${name}`, expected)]
      return pattern.test(value) ? [] : [problem(name, `Expected ${expected}`, expected)]
    }),
    ...Object.keys(values)
      .filter((name) => !Object.hasOwn(credentialFields[vendor], name))
      .map((name) => problem(name, `${vendor} has no such credential`, fields.map(([known]) => known).join(", ")))
  ]
  // Without the body: nothing of it is to be echoed.
  return problems.length > 0
    ? Effect.fail(refuse(undefined, problems))
    : Effect.succeed(
        Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Redacted.make(value, { label: name })]))
      )
}

/** What may be shown of them. */
export const shownCredentials = (vendor: Vendor, credentials: Credentials): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(credentials).map(([name, value]) => [
      name,
      credentialFields[vendor][name]?.secret === false ? Redacted.value(value) : `…${Redacted.value(value).slice(-4)}`
    ])
  )
