import { Effect, Predicate, Redacted, Ref } from "effect"
import type { HttpClientError, HttpClientResponse } from "effect/http"
import type { ImportUndoRefused, OrderImportUndoRefused } from "@audiences/domain/Import"
import { secretKeyMode } from "@audiences/domain/SecretKey"
import { HostInUse } from "../connection/HostInUse.ts"
import type { KeyMissing } from "../connection/KeyMissing.ts"
import { ExitCode } from "../ExitCode.ts"
import type { SourceFailed } from "../migrations/Source.ts"
import type { RulesRefused } from "../rules/RulesRefused.ts"
import { conflictLines, orderConflictLines } from "../imports/UndoConflicts.ts"
import { issueLine } from "./Issue.ts"

/** What a person reads of a failure, and what a script gets. */
export interface Failure {
  readonly lines: ReadonlyArray<string>
  readonly exitCode: ExitCode
}

const failure = (exitCode: ExitCode, ...lines: ReadonlyArray<string>): Failure => ({ exitCode, lines })

const property = (value: unknown, key: string): unknown => (Predicate.hasProperty(value, key) ? value[key] : undefined)

const keyMissing = ({ baseUrl, file, unreadable }: KeyMissing): Failure =>
  file === undefined
    ? failure(
        ExitCode.auth,
        `There is no key for ${baseUrl}. Set AUDIENCES_SECRET_KEY to a key of that server, or store one with \`audiences login\`.`
      )
    : unreadable === true
      ? failure(
          ExitCode.auth,
          `The key in ${file} may not be read by this user. Run as the user of the server, or set AUDIENCES_SECRET_KEY.`
        )
      : failure(
          ExitCode.auth,
          `There is no key: AUDIENCES_SECRET_KEY is not set, and no server has written ${file}.`,
          "Start a server here with `npm start`, or store a key with `audiences login`, or set AUDIENCES_SECRET_KEY, or AUDIENCES_DATA_DIR to the data directory of a running server."
        )

const keyRefused = (said: string) =>
  Effect.map(Effect.flatMap(HostInUse, Ref.get), ({ baseUrl, key }) =>
    key === null
      ? failure(ExitCode.auth, `${said}.`)
      : failure(
          ExitCode.auth,
          `${baseUrl} does not accept the key from ${key.origin} (${said}).`,
          secretKeyMode(Redacted.value(key.secret)) === undefined
            ? "The key is mistyped or cut off: keys are sk_live_ or sk_test_ and 38 more characters."
            : "Set AUDIENCES_SECRET_KEY to a key of this server, or store one with `audiences login`; a server prints its first key when it first starts, and keeps it in <data directory>/secret-key."
        )
  )

const baseUrlInUse = Effect.map(Effect.flatMap(HostInUse, Ref.get), ({ baseUrl }) => baseUrl)

/** Words of the operating system, for those who know them. */
const systemReason = ({ reason }: HttpClientError.HttpClientError): string => {
  const inner = property(reason.cause, "cause") ?? reason.cause
  return String(
    property(inner, "code") ?? property(inner, "message") ?? property(reason, "description") ?? reason.message
  )
}

const noAnswer = (error: HttpClientError.HttpClientError) =>
  Effect.map(baseUrlInUse, (baseUrl) => {
    if (error.reason._tag === "InvalidUrlError") {
      return failure(
        ExitCode.usage,
        `This is not the address of a server: ${baseUrl}. AUDIENCES_URL should be like http://127.0.0.1:4800/api.`
      )
    }
    const why = systemReason(error)
    return why === "ECONNREFUSED"
      ? failure(
          ExitCode.failure,
          `No server answers at ${baseUrl}. Start one with \`npm start\`, or set AUDIENCES_URL.`
        )
      : failure(ExitCode.failure, `No answer from ${baseUrl}: ${why}. Is AUDIENCES_URL right, and the server well?`)
  })

const exitCodes: Record<number, ExitCode> = {
  401: ExitCode.auth,
  403: ExitCode.auth,
  404: ExitCode.notFound,
  409: ExitCode.conflict
}

const unexpectedAnswer = (message: string) =>
  Effect.map(baseUrlInUse, (baseUrl) =>
    failure(
      ExitCode.failure,
      message,
      `Is ${baseUrl} the address of an audience server, up to and with /api, and as new as this command?`
    )
  )

/** How a server answers a path that it does not have. */
const noSuchPath = "Not found"

/** An answer that the contract does not know in this place: its status decides. */
const foreign = Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse) {
  const baseUrl = yield* baseUrlInUse
  const said = property(yield* Effect.orElseSucceed(response.json, () => undefined), "error")
  const code = exitCodes[response.status] ?? ExitCode.failure
  if (response.status === 401) return yield* keyRefused(typeof said === "string" ? said : "401")
  if (said === noSuchPath) return yield* unexpectedAnswer(`${said}.`)
  return typeof said === "string"
    ? failure(code, `${said}.`)
    : failure(
        code,
        `${baseUrl} answered with status ${response.status}, not as an audience server does. Is AUDIENCES_URL right, up to and with /api?`
      )
})

const withRequestId = (said: string, requestId: unknown): string =>
  typeof requestId === "string" ? `${said} (request ${requestId}).` : `${said}.`

/** The sentence for a failure of any kind, and the code to exit with. */
export const explain = (error: unknown): Effect.Effect<Failure, never, HostInUse> => {
  const said = String(property(error, "error") ?? property(error, "message") ?? error)
  switch (property(error, "_tag")) {
    case "KeyMissing":
      return Effect.succeed(keyMissing(error as KeyMissing))
    case "Unauthorized":
      return keyRefused(said)
    case "RateLimited": {
      const seconds = property(error, "retryAfter")
      const when = typeof seconds === "number" ? `in ${seconds} seconds` : "in a while"
      return Effect.succeed(failure(ExitCode.failure, `The server asks for fewer requests for now. Try again ${when}.`))
    }
    case "Forbidden":
      return Effect.succeed(failure(ExitCode.auth, `${said}.`))
    case "AudienceNotFound":
    case "ConsumerNotFound":
    case "ImportNotFound":
    case "RuleNotFound":
    case "AudienceGroupNotFound":
    case "ApiKeyNotFound":
    case "IntegrationNotFound":
    case "OrganizationNotFound":
    case "SyncSourceNotFound":
    case "VersionNotFound":
    case "VersionNotRetained":
    case "ProfileNotFound":
      return Effect.succeed(failure(ExitCode.notFound, `${said}.`))
    case "AudienceArchived":
    case "ConsumerArchived":
      return Effect.succeed(failure(ExitCode.conflict, `${said}. What is archived can be read, not changed.`))
    case "ApiKeyRevoked":
    case "EncryptionKeyMissing":
    case "VendorRefused":
    case "LastApiKey":
    case "SnapshotNameTaken":
    case "ImportEnded":
    case "ImportUnfinished":
    case "ImportUndone":
    case "ImportDryRun":
    case "ImportChangesUnknown":
    case "SyncInProgress":
    case "SyncSourcePresent":
      return Effect.succeed(failure(ExitCode.conflict, `${said}.`))
    case "ImportUndoRefused":
      return Effect.succeed(failure(ExitCode.conflict, `${said}.`, ...conflictLines(error as ImportUndoRefused)))
    case "OrderImportUndoRefused":
      return Effect.succeed(
        failure(ExitCode.conflict, `${said}.`, ...orderConflictLines(error as OrderImportUndoRefused))
      )
    case "ValidationError": {
      const issues = property(error, "issues")
      const lines = Array.isArray(issues) ? issues.map(issueLine) : []
      return Effect.succeed(failure(ExitCode.failure, ...(lines.length === 0 ? [`${said}.`] : lines)))
    }
    case "RulesRefused":
      return Effect.succeed(
        failure(
          ExitCode.failure,
          ...(error as RulesRefused).faults.flatMap((fault) =>
            fault.caret.length === 0 ? [issueLine(fault)] : [fault.message, ...fault.caret]
          )
        )
      )
    case "InternalServerError":
      return Effect.succeed(failure(ExitCode.failure, withRequestId(said, property(error, "requestId"))))
    case "SourceFailed":
      return Effect.succeed(failure((error as SourceFailed).exitCode, said))
    case "UsageError":
      return Effect.succeed(failure(ExitCode.usage, said))
    case "ChangesPending":
      return Effect.succeed(failure(ExitCode.pending, `${said}.`))
    case "UnexpectedAnswer":
      return unexpectedAnswer(said)
    case "HttpClientError": {
      const { response } = error as HttpClientError.HttpClientError
      return response === undefined ? noAnswer(error as HttpClientError.HttpClientError) : foreign(response)
    }
    default:
      return Effect.succeed(failure(ExitCode.failure, said.endsWith(".") ? said : `${said}.`))
  }
}
