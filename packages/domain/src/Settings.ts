import { Schema } from "effect"

const wholeNumber = (minimum: number, maximum: number, unit: string) =>
  Schema.Finite.check(
    Schema.isInt(),
    Schema.isBetween(
      { minimum, maximum },
      { expected: `a whole number of ${unit}, ${minimum} to ${maximum.toLocaleString("en-US")}` }
    )
  )

const fields = {
  /** Of DYNAMIC audiences that are created without `refreshIntervalSeconds`; null: refreshed only on demand and by change. */
  defaultRefreshIntervalSeconds: Schema.NullOr(wholeNumber(1, 2_147_483_647, "seconds")),
  /** Days after which entries of the audit log are deleted; null: kept for ever. */
  auditRetentionDays: Schema.NullOr(wholeNumber(1, 36_500, "days")),
  /** Days after its end for which an import can be undone; what undoing takes is then deleted. Null: for ever. */
  importUndoDays: Schema.NullOr(wholeNumber(1, 36_500, "days"))
}

/** What an organization has chosen. A test organization has settings of its own. */
export const Settings = Schema.Struct(fields).annotate({ identifier: "Settings" })
export type Settings = typeof Settings.Type

/** A partial update: an absent key leaves the value. */
export const SettingsUpdate = Schema.Struct({
  defaultRefreshIntervalSeconds: Schema.optionalKey(fields.defaultRefreshIntervalSeconds),
  auditRetentionDays: Schema.optionalKey(fields.auditRetentionDays),
  importUndoDays: Schema.optionalKey(fields.importUndoDays)
}).annotate({ identifier: "SettingsUpdate" })
export type SettingsUpdate = typeof SettingsUpdate.Type
