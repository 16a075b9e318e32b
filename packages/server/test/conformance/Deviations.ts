export interface Deviation {
  readonly reason: string
  readonly of: ReadonlyArray<string | RegExp>
}

/** Where the OpenAPI document says something else than the published API, and why. `docs/wire.md` tells the reasons to users. */
export const deviations: ReadonlyArray<Deviation> = [
  {
    reason: "the guides name these answers, the published description does not",
    of: [/: also answers (404|409|429)$/, /^Error\.error: one of /, "Error.retryAfter: extension"]
  },
  {
    reason: "the guides name these parameters, the published description has none",
    of: [
      /^GET (\/audiences|\/consumers|.*\/members): query parameter (first|after|last|before)$/,
      /^GET (\/audiences|\/consumers): query parameter (sortBy|sortDir|search|archived)$/,
      "GET /audiences: query parameter type",
      "GET /audiences: query parameter groupId",
      "GET /consumers: query parameter audienceId",
      "GET /consumers: query parameter createdAfter",
      "GET /consumers: query parameter createdBefore",
      "GET /consumers/distribution: query parameter field",
      "GET /consumers/distribution: query parameter buckets"
    ]
  },
  {
    reason: "the guides name this header, the published description does not",
    of: [/^POST .*: header parameter Idempotency-Key$/]
  },
  {
    reason: "extension: a long history is read in parts",
    of: [
      /^GET \/consumers\/\{id\}\/(timeline|loyalty-transactions): query parameter (first|after)$/,
      "Timeline.nextCursor: extension"
    ]
  },
  {
    reason: "extension: personal data is removed for good",
    of: ["DELETE /consumers/{id}: query parameter erase"]
  },
  {
    reason: "extension: the members of one audience of the group",
    of: ["GET /audiences/groups/{groupId}/members: query parameter audienceId"]
  },
  {
    reason: "extension: tiers that a field could be cut into",
    of: [/^GET \/consumers\/distribution: query parameter (suggest|tiers|from)$/, "Distribution.suggestion: extension"]
  },
  {
    reason: "ids are UUIDs: a malformed one is a 400 and not a 404, as the contract has it",
    of: [/^path parameter (audienceId|ruleId|groupId|id): format "uuid"$/, 'MembersAdd.consumerIds[]: format "uuid"']
  },
  {
    reason: "every instant in an answer is ISO-8601 in UTC; saying so takes nothing from anybody",
    of: [
      'AudienceStatus.lastRefreshedAt: format "date-time"',
      'AudienceStatus.lastSyncedAt: format "date-time"',
      'LoyaltyTransaction.occurredAt: format "date-time"'
    ]
  },
  {
    reason: "what could not be answered by the published type is refused when it is written",
    of: [
      /^ConsumerCreate\.(activityRank|monetaryRank|purchaseFrequencyRank): (integer for number|minimum 0|maximum 5)$/,
      /^ConsumerCreate\.(aov|ltv): pattern /
    ]
  },
  {
    reason: "an interval is whole seconds, one or more, and fits into the database's integer",
    of: [/^Audience(Create|Update)\.refreshIntervalSeconds: (integer for number|minimum 1|maximum 2147483647)$/]
  },
  {
    reason: "a source without a kind or an id names no source",
    of: [/^SyncSourceInput\.syncSource(Id)?: minLength 1$/]
  },
  {
    reason: "no index, page or answer holds text without end",
    of: [
      /^Consumer(Create|Update)\.email: maxLength 320$/,
      /^Consumer(Create|Update)\.(fullName|lastGeo[A-Za-z]+): maxLength 10000$/
    ]
  },
  { reason: "a vendor is asked for every list while the caller waits", of: ["VendorImport.listIds: maxItems 100"] },
  { reason: "the published limit, `Max batch size is 500`", of: ["ConsumersCreate.consumers: maxItems 500"] },
  { reason: "extension: the caller's own id of a person", of: ["ConsumerCreate.externalId: extension"] },
  {
    reason: "extension: how a file is read and what is done with it",
    of: [
      /^Import(WithUpload)?\.(spreadsheet|mode|dryRun|mapping): extension$/,
      /^POST \/audiences\/\{audienceId\}\/import: query parameter (spreadsheet|mode|dryRun|mapping)$/
    ]
  },
  {
    reason: "extension: what became of the rows of a file",
    of: [/^Import(WithUpload)?\.((created|updated|unchanged|duplicate|rejected)Rows|duplicates): extension$/]
  },
  { reason: "extension: why an import failed as a whole", of: [/^Import(WithUpload)?\.failureReason: extension$/] },
  {
    reason: "extension: what was done to an import after it began",
    of: [/^Import(WithUpload)?\.(cancelledAt|undo[A-Za-z]+): extension$/]
  },
  { reason: "extension: leads to the log line that says what went wrong", of: ["Error.requestId: extension"] }
]

/** The deviation that a discrepancy is an instance of. */
export const deviationOf = (discrepancy: string): Deviation | undefined =>
  deviations.find(({ of }) =>
    of.some((pattern) => (typeof pattern === "string" ? pattern === discrepancy : pattern.test(discrepancy)))
  )

const importExtensions = [
  "createdRows",
  "updatedRows",
  "unchangedRows",
  "duplicateRows",
  "duplicates",
  "rejectedRows",
  "mode",
  "dryRun",
  "mapping",
  "spreadsheet",
  "mapping",
  "failureReason",
  "cancelledAt",
  "undoStartedAt",
  "undoneAt",
  "undoSkipped",
  "undoableUntil"
]

/** Keys of answers that the published types do not have. */
export const extensionFields: ReadonlyArray<string> = [
  "Timeline.nextCursor",
  ...["Import", "ImportWithUpload"].flatMap((type) => importExtensions.map((field) => `${type}.${field}`)),
  "Error.requestId"
]

/** Optional keys that an answer may leave out. Every other one is there, as null if need be. */
const leftOut: ReadonlyArray<{ readonly reason: string; readonly of: RegExp }> = [
  { reason: "nothing is cached", of: /^Distribution\.cachedAt$/ },
  { reason: "inside an audience: they come with the import itself", of: /^Import\.errors$/ },
  { reason: "an activity is answered as it was recorded", of: /^[A-Z][a-z]+Activity\./ }
]

export const isLeftOut = (label: string): boolean => leftOut.some(({ of }) => of.test(label))
