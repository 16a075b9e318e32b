import { Context, Effect, Exit, Layer, Request, RequestResolver, Schema } from "effect"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { maxCheckSize, type PersonChecked, PersonNamed } from "@audiences/domain/MemberCheck"
import { ValidationError } from "@audiences/domain/ValidationError"
import { AudiencesClient } from "./AudiencesClient.ts"
import { issuesByPerson } from "./gate/CheckBatch.ts"
import { UnexpectedAnswer } from "./UnexpectedAnswer.ts"

interface CheckOptions {
  /** A membership that reflects less recent writes makes the answer UNKNOWN; 0 = read it now. */
  readonly maxStaleSeconds?: number
}

type CheckAll = AudiencesClient["Service"]["gate"]["checkAll"]
export type MemberCheckError = Effect.Error<ReturnType<CheckAll>>

class Check extends Request.Class<
  { readonly audienceId: AudienceId; readonly person: PersonNamed; readonly options: CheckOptions },
  PersonChecked,
  MemberCheckError
> {}

type Entries = ReadonlyArray<Request.Entry<Check>>

/** The refusal as the one person would have met it alone. */
const refusalOf = (issues: ValidationError["issues"]) =>
  new ValidationError({ issues: issues.map((issue) => ({ ...issue, path: issue.path.slice(2) })) })

const short = Exit.fail(new UnexpectedAnswer({ cause: new Error("it is for fewer people than were asked for") }))

const ask = (checkAll: CheckAll, entries: Entries, first: boolean): Effect.Effect<void, MemberCheckError> => {
  const one = entries[0]?.request
  if (one === undefined) return Effect.void
  return checkAll({
    params: { audienceId: one.audienceId },
    query: one.options,
    payload: { consumers: entries.map(({ request }) => request.person) }
  }).pipe(
    Effect.map(({ results }) =>
      entries.forEach((entry, i) => {
        const checked = results[i]
        entry.completeUnsafe(checked === undefined ? short : Exit.succeed(checked))
      })
    ),
    Effect.catchTag("ValidationError", (error) => {
      const blamed = first ? issuesByPerson(error.issues, entries.length) : null
      if (blamed === null) return Effect.fail(error)
      const rest = entries.filter((entry, i) => {
        const issues = blamed.get(i)
        if (issues !== undefined) entry.completeUnsafe(Exit.fail(refusalOf(issues)))
        return issues === undefined
      })
      return ask(checkAll, rest, false)
    })
  )
}

/** Checks of members that are gathered: those of the same moment are one request for each audience, of at most 1000 people. */
export class MemberChecks extends Context.Service<
  MemberChecks,
  {
    /** Whether a person is in an audience. Fails as the check of this person alone would. */
    readonly check: (
      audienceId: AudienceId,
      person: PersonNamed,
      options?: CheckOptions
    ) => Effect.Effect<PersonChecked, MemberCheckError>
  }
>()("@audiences/client/MemberChecks") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const { gate } = yield* AudiencesClient
      const resolver = RequestResolver.makeGrouped<Check, string>({
        key: ({ request }) => `${request.audienceId} ${request.options.maxStaleSeconds}`,
        resolver: (entries) => ask(gate.checkAll, entries, true)
      }).pipe(RequestResolver.batchN(maxCheckSize))
      // What is no person at all would fail the request of everybody.
      const isPerson = Schema.encodeEffect(PersonNamed)
      return {
        check: (audienceId, person, options = {}) =>
          Effect.andThen(isPerson(person), Effect.request(new Check({ audienceId, person, options }), resolver))
      }
    })
  )
}
