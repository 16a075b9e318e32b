import { Rule, type RuleLine } from "@audiences/domain/Rule"
import { Effect, Schema } from "effect"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { SqlClient, Statement } from "effect/sql"

const decode = Schema.decodeUnknownEffect(Schema.Array(Rule))

/** Rules that a condition on `audience_rules r` selects, in their order within each audience. */
export const readRules = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  where: Statement.Fragment
) {
  const rows = yield* sql`
    SELECT r.id, r.audience_id, r.organization_id, r.field, r.operator, r."values", r.group_id, r.position
    FROM audience_rules r WHERE r.organization_id = ${organizationId}::uuid AND ${where}
    ORDER BY r.audience_id, r.position NULLS LAST, r.sequence`
  return yield* Effect.orDie(decode(rows))
})

/** What a rule says, without what it is called and where it hangs. */
export const ruleLine = ({ field, groupId, operator, position, values }: Rule): RuleLine => ({
  field,
  operator,
  values,
  groupId: groupId ?? null,
  position: position ?? null
})

/** The same for the audit log, which keeps no value of a consumer: what texts are compared with may be one. */
export const auditedRule = (rule: Rule) => {
  const line = ruleLine(rule)
  const personal = line.values.some((value) => typeof value === "string" && !isMeasure(value))
  return personal ? { ...line, values: { omitted: line.values.length } } : line
}

/** Amounts, instants and durations: they are of no one person. */
const isMeasure = (value: string): boolean =>
  /^-?\d{1,12}(\.\d{1,8})?$|^\d{4}-\d\d-\d\d|^[+-]?P[\dTWDHMS]+$/.test(value)
