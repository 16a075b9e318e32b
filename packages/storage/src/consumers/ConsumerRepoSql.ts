import type { Actor } from "@audiences/domain/Actor"
import { ConsumerArchived, type ConsumerId, ConsumerNotFound, type ConsumerSort } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { ConsumerPatch } from "@audiences/engine/consumers/ConsumerPatch"
import { type ConsumerFilter, ConsumerRepo, IdentityConflicts } from "@audiences/engine/consumers/ConsumerRepo"
import {
  type Conflict,
  directoryOf,
  identifiers,
  identifiersOf,
  knownPersonOf
} from "@audiences/engine/consumers/Identity"
import type { PageRequest } from "@audiences/engine/pages/Paging"
import { type DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { removeFromAllAudiences } from "../memberships/RemoveFromAllAudiences.ts"
import { audit, firstIds } from "../audit/Audit.ts"
import { contended } from "../postgres/Contended.ts"
import { findByIdentifiers, planBatch, recordBatch, updateRows, writeBatch } from "./ConsumerBatch.ts"
import { listConsumers } from "./ConsumerList.ts"
import { eraseHistories } from "./ConsumerErasure.ts"
import { blankConsumer, mergePatch } from "./ConsumerMerge.ts"
import { consumerColumns, consumerOf, ConsumerRow } from "./ConsumerRow.ts"
import { fullConsumers } from "./FullConsumers.ts"

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(ConsumerRow))

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const find = Effect.fnUntraced(function* (
    organizationId: OrganizationId,
    id: ConsumerId,
    lock: "" | "FOR UPDATE" = ""
  ) {
    const rows = yield* sql`
      SELECT ${consumerColumns(sql)} FROM consumers c
      WHERE c.organization_id = ${organizationId}::uuid AND c.id = ${id}::uuid ${sql.literal(lock)}`
    const [row] = yield* Effect.orDie(decodeRows(rows))
    return row ?? (yield* new ConsumerNotFound())
  })

  const list = Effect.fn("ConsumerRepo.list")(function* (
    organizationId: OrganizationId,
    filter: ConsumerFilter,
    request: PageRequest<ConsumerSort>
  ) {
    const slice = yield* listConsumers(sql, organizationId, filter, request)
    return { ...slice, data: yield* fullConsumers(sql, organizationId, slice.data) }
  })

  const get = Effect.fn("ConsumerRepo.get")(
    function* (organizationId: OrganizationId, id: ConsumerId) {
      const [consumer] = yield* fullConsumers(sql, organizationId, [yield* find(organizationId, id)])
      return consumer!
    },
    Effect.catchTag("SqlError", Effect.die)
  )

  const merge = Effect.fn("ConsumerRepo.merge")(
    function* (actor: Actor, now: DateTime.Utc, patches: ReadonlyArray<ConsumerPatch>) {
      const entries = yield* planBatch(sql, actor.organizationId, patches)
      const refused = entries.flatMap(({ identity: { conflicts } }, index) =>
        conflicts.length === 0 ? [] : [{ index, conflicts }]
      )
      if (refused.length > 0) return yield* new IdentityConflicts({ entries: refused })
      const outcomes = yield* writeBatch(sql, actor, now, entries)
      const written = outcomes.filter(({ result }) => result !== "unchanged")
      if (written.length > 0) {
        yield* audit(sql, actor, now, {
          action: "consumers.batch",
          subjectType: "consumer",
          subjectId: null,
          changes: {
            created: written.filter(({ result }) => result === "created").length,
            updated: written.filter(({ result }) => result === "updated").length,
            consumerIds: firstIds(written.map(({ row }) => row.id))
          }
        })
      }
      yield* recordBatch(sql, actor.organizationId, outcomes)
      return outcomes.map(({ row }) => consumerOf(row))
    },
    contended(sql),
    Effect.catchTag("SqlError", Effect.die)
  )

  /** Which identifiers of the patch other live consumers have. */
  const taken = Effect.fnUntraced(function* (row: ConsumerRow, patch: ConsumerPatch) {
    const given = identifiersOf(patch)
    if (identifiers.every((name) => given[name] === null)) return []
    const owners = directoryOf((yield* findByIdentifiers(sql, row.organizationId, [given], "")).map(knownPersonOf))
    return identifiers.flatMap((identifier): Array<Conflict> => {
      const owner = given[identifier] === null ? undefined : owners[identifier].get(given[identifier])
      return owner === undefined || owner === row.id ? [] : [{ _tag: "Taken", identifier, owner, self: row.id }]
    })
  })

  const update = Effect.fn("ConsumerRepo.update")(
    function* (actor: Actor, now: DateTime.Utc, id: ConsumerId, patch: ConsumerPatch) {
      const { organizationId, name } = actor
      const stored = yield* find(organizationId, id, "FOR UPDATE")
      if (stored.archived) return yield* new ConsumerArchived()
      const conflicts = yield* taken(stored, patch)
      if (conflicts.length > 0) return yield* new IdentityConflicts({ entries: [{ index: 0, conflicts }] })
      const { row, changed } = mergePatch({ ...stored, updatedAt: now, updatedBy: name }, patch)
      if (changed.size === 0) return consumerOf(stored)
      yield* updateRows(sql, organizationId, [row])
      yield* audit(sql, actor, now, {
        action: "consumers.update",
        subjectType: "consumer",
        subjectId: id,
        changes: { fields: [...changed].sort() }
      })
      yield* recordBatch(sql, organizationId, [
        { result: "updated", row, changed: new Set([...changed, "updatedAt", "updatedBy"]) }
      ])
      return consumerOf(row)
    },
    contended(sql),
    Effect.catchTag("SqlError", Effect.die)
  )

  const archive = Effect.fn("ConsumerRepo.archive")(
    function* (actor: Actor, now: DateTime.Utc, id: ConsumerId, erase: boolean) {
      const { organizationId, name } = actor
      const stored = yield* find(organizationId, id, "FOR UPDATE")
      if (stored.archived && !erase) return consumerOf(stored)
      const row: ConsumerRow = {
        ...stored,
        ...(erase ? blankConsumer : {}),
        archived: true,
        updatedAt: now,
        updatedBy: name
      }
      if (erase) yield* eraseHistories(sql, organizationId, stored)
      yield* updateRows(sql, organizationId, [row])
      yield* removeFromAllAudiences(sql, organizationId, row.ordinal, now)
      yield* audit(sql, actor, now, {
        action: "consumers.archive",
        subjectType: "consumer",
        subjectId: id,
        ...(erase ? { changes: { erased: true } } : {})
      })
      yield* sql`SELECT record_change(${organizationId}::uuid, ${[row.ordinal]}::int[], NULL, NULL)`
      return consumerOf(row)
    },
    contended(sql),
    Effect.catchTag("SqlError", Effect.die)
  )

  return ConsumerRepo.of({ list, get, merge, update, archive })
})

export const ConsumerRepoSql = Layer.effect(ConsumerRepo, make)
