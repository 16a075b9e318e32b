import type { Actor } from "@audiences/domain/Actor"
import type { Audience } from "@audiences/domain/Audience"
import { AudienceGroupArchived, AudienceGroupNotFound } from "@audiences/domain/AudienceGroup"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { fold } from "@audiences/domain/Fold"
import type { Rule } from "@audiences/domain/Rule"
import type { NewAudience } from "@audiences/engine/audiences/NewAudience"
import { GroupTypeMismatch, type Segmentation, SegmentationRepo } from "@audiences/engine/groups/SegmentationRepo"
import { type DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { isDeepStrictEqual } from "node:util"
import { audienceColumns, decodeAudiences } from "../audiences/AudienceRow.ts"
import { insertAudience, updateAudience } from "../audiences/AudienceWrites.ts"
import { audit, firstIds } from "../audit/Audit.ts"
import { contended } from "../postgres/Contended.ts"
import { writeScoring } from "../rfm/RfmScoringWrites.ts"
import { readRules, ruleLine } from "../rules/RuleRow.ts"
import { deleteRules, insertRules, raiseRevision, raiseRevisions } from "../rules/RuleWrites.ts"

/** What a segmentation says of an audience; what else it has stays. */
const described = ({ groupName = null, iconName = null, metadata = null, name }: Audience) => ({
  groupName,
  iconName,
  metadata,
  name
})

/** Which stored audience is which segment, by folded name, and which are none any more. */
const matched = (stored: ReadonlyArray<Audience>, segments: ReadonlyArray<NewAudience>) => {
  const byName = new Map(stored.map((audience) => [fold(audience.name), audience]))
  const pairs = segments.map((segment) => ({ segment, known: byName.get(fold(segment.audience.name)) }))
  const kept = new Set(pairs.map(({ known }) => known))
  return { pairs, gone: stored.filter((audience) => !kept.has(audience)) }
}

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const insertSegment = Effect.fnUntraced(function* ({ audience, rules }: NewAudience) {
    yield* insertAudience(sql, audience)
    yield* insertRules(sql, rules)
  })

  /** The live segments of the group, locked until the transaction ends. */
  const lockSegments = Effect.fnUntraced(function* (actor: Actor, { groupId, groupType }: Segmentation) {
    const ofGroup = sql`a.organization_id = ${actor.organizationId}::uuid AND a.group_id = ${groupId}::uuid`
    yield* sql`SELECT 1 FROM audiences a WHERE ${ofGroup} ORDER BY a.id FOR NO KEY UPDATE`
    // Asked again: who waited for the locks now sees what their holder has added.
    const rows = yield* sql`SELECT ${audienceColumns(sql)} FROM audiences a WHERE ${ofGroup} ORDER BY a.id`
    const audiences = yield* Effect.orDie(decodeAudiences(rows))
    if (audiences.length === 0) return yield* new AudienceGroupNotFound()
    const live = audiences.filter(({ archived }) => !archived)
    if (live.length === 0) return yield* new AudienceGroupArchived()
    const segments = live.filter((audience) => audience.groupType === groupType && audience.type === "DYNAMIC")
    return segments.length === 0 ? yield* new GroupTypeMismatch() : segments
  })

  /** Makes a stored segment what it should be; tells what of it has changed. */
  const updateSegment = Effect.fnUntraced(function* (
    actor: Actor,
    now: DateTime.Utc,
    stored: Audience,
    before: ReadonlyArray<Rule>,
    { audience, rules }: NewAudience
  ) {
    const metadata = { ...stored.metadata, ...audience.metadata }
    const after: Audience = { ...stored, ...described({ ...audience, metadata }) }
    const isRuled = !isDeepStrictEqual(before.map(ruleLine), rules.map(ruleLine))
    const isChanged = isRuled || !isDeepStrictEqual(described(stored), described(after))
    if (isChanged) yield* updateAudience(sql, { ...after, updatedAt: now, updatedBy: actor.name })
    if (isRuled) {
      yield* deleteRules(sql, actor.organizationId, stored.id, null)
      yield* insertRules(
        sql,
        rules.map((rule) => ({ ...rule, audienceId: stored.id }))
      )
      yield* raiseRevision(sql, actor, now, stored.id)
    }
    return { isRuled, isChanged }
  })

  const auditSegments = (
    actor: Actor,
    now: DateTime.Utc,
    { action, groupId }: Segmentation,
    changes: Readonly<Record<string, ReadonlyArray<AudienceId>>>
  ) =>
    audit(sql, actor, now, {
      action,
      subjectType: "group",
      subjectId: groupId,
      changes: Object.fromEntries(Object.entries(changes).map(([key, ids]) => [key, firstIds(ids)]))
    })

  const score = (actor: Actor, now: DateTime.Utc, { action, scoring }: Segmentation) =>
    scoring === undefined ? Effect.void : writeScoring(sql, actor, now, scoring, action)

  const insert = Effect.fn("SegmentationRepo.insert")(
    function* (actor: Actor, now: DateTime.Utc, segmentation: Segmentation) {
      yield* Effect.forEach(segmentation.segments, insertSegment, { discard: true })
      yield* auditSegments(actor, now, segmentation, {
        created: segmentation.segments.map(({ audience }) => audience.id)
      })
      yield* score(actor, now, segmentation)
    },
    contended(sql),
    Effect.orDie
  )

  const replace = Effect.fn("SegmentationRepo.replace")(
    function* (actor: Actor, now: DateTime.Utc, segmentation: Segmentation) {
      const stored = yield* lockSegments(actor, segmentation)
      const ids = stored.map(({ id }) => id)
      const rules = yield* readRules(sql, actor.organizationId, sql`r.audience_id = ANY(${ids}::uuid[])`)
      const { gone, pairs } = matched(stored, segmentation.segments)
      const [created, updated, asked]: [Array<AudienceId>, Array<AudienceId>, Array<AudienceId>] = [[], [], []]
      for (const { known, segment } of pairs) {
        if (known === undefined) {
          yield* insertSegment(segment)
          created.push(segment.audience.id)
          continue
        }
        const own = rules.filter(({ audienceId }) => audienceId === known.id)
        const { isChanged, isRuled } = yield* updateSegment(actor, now, known, own, segment)
        if (isChanged) updated.push(known.id)
        if (isRuled) asked.push(known.id)
      }
      // Until all are evaluated none follows, so that nobody comes into a range before leaving another's old one.
      const unruled = pairs.flatMap(({ known }) => (known === undefined || asked.includes(known.id) ? [] : [known.id]))
      if (asked.length > 0) yield* raiseRevisions(sql, actor.organizationId, unruled)
      for (const audience of gone)
        yield* updateAudience(sql, { ...audience, archived: true, updatedAt: now, updatedBy: actor.name })
      const archived = gone.map(({ id }) => id)
      if (created.length + updated.length + archived.length > 0)
        yield* auditSegments(actor, now, segmentation, { created, updated, archived })
      yield* score(actor, now, segmentation)
      return [...created, ...asked]
    },
    contended(sql),
    Effect.catchTag("SqlError", Effect.die)
  )

  return SegmentationRepo.of({ insert, replace })
})

export const SegmentationRepoSql = Layer.effect(SegmentationRepo, make)
