import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AuditEntry } from "@audiences/domain/AuditEntry"
import { parseInstant } from "@audiences/domain/Instant"
import type { Shown } from "../output/Output.ts"
import { optionalKey, pagingFlags, printPaged } from "../Paging.ts"

const columns: ReadonlyArray<Shown<AuditEntry>> = [
  { title: "AT", of: ({ at }) => at },
  { title: "ACTION", of: ({ action }) => action },
  {
    title: "SUBJECT",
    of: ({ subjectId, subjectType }) => (subjectId === null ? subjectType : `${subjectType} ${subjectId}`)
  },
  { title: "ACTOR", shrinks: true, of: ({ actor }) => actor },
  { title: "CHANGES", shrinks: true, of: ({ changes }) => changes }
]

const instantFlag = (name: string, what: string) =>
  Flag.String(name).pipe(
    Flag.filterMap(parseInstant, () => "Expected an ISO-8601 instant, such as 2026-01-31T09:30:00Z, or a date"),
    Flag.optional,
    Flag.withMetavar("instant"),
    Flag.withDescription(what)
  )

const textFlag = (name: string, what: string) => Flag.String(name).pipe(Flag.optional, Flag.withDescription(what))

export const audit = Command.make(
  "audit",
  {
    ...pagingFlags,
    actor: textFlag("actor", "Who changed it, such as key:<id>"),
    action: textFlag("action", "What was done, such as audiences.update"),
    subjectType: textFlag("subject-type", "What kind of thing was changed, such as audience"),
    subjectId: textFlag("subject-id", "Which one"),
    since: instantFlag("since", "From this instant on"),
    until: instantFlag("until", "Before this instant")
  },
  Effect.fn("audit.list")(function* ({ action, actor, since, subjectId, subjectType, until, ...paging }) {
    const { auditLog } = yield* AudiencesClient
    yield* printPaged(
      paging,
      (page) =>
        auditLog.list({
          query: {
            ...page,
            ...optionalKey("actor", actor),
            ...optionalKey("action", action),
            ...optionalKey("subjectType", subjectType),
            ...optionalKey("subjectId", subjectId),
            ...optionalKey("since", since),
            ...optionalKey("until", until)
          }
        }),
      columns,
      "No entries."
    )
  })
).pipe(
  Command.withDescription("List who changed what, and when, newest first"),
  Command.withExamples([
    {
      command: "audiences audit --action audiences.archive --since 2026-01-01",
      description: "What was archived this year"
    }
  ])
)
