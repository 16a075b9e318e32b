import type { AudienceFull, AudienceUpdate } from "@audiences/domain/Audience"
import type { Page } from "@audiences/domain/Page"
import { Audiences } from "@audiences/engine/audiences/Audiences"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { freshActor, jobsOf, makeAudience, ServiceTest, unknownAudience } from "../Service.ts"

const rule = { field: "totalOrders", operator: "GREATER_THAN", values: [3] } as const
const group = "019845E1-682F-4B02-A706-3B2422D13AEC"

layer(ServiceTest)("Audiences", (it) => {
  it.effect("keeps what was sent and answers with the full audience", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const audiences = yield* Audiences
      const made = yield* makeAudience(actor, {
        name: "  VIP Straße  ",
        type: "DYNAMIC",
        description: "d",
        metadata: { first_name: ["a", 1, null], nested: { deepKey: true } },
        refreshIntervalSeconds: 60,
        lastRefreshedAt: "2020-01-01",
        groupId: group,
        groupType: "RFM",
        rules: [
          { ...rule, position: 2 },
          { ...rule, values: ["4"].map(Number) },
          { ...rule, operator: "EXISTS", values: [], position: 1 }
        ]
      })
      assert.deepStrictEqual(yield* audiences.get(actor.organizationId, made.id), made)
      assert.strictEqual(made.name, "VIP Straße")
      assert.strictEqual(made.createdBy, "key:test")
      assert.isNull(made.lastRefreshedAt)
      assert.isNull(made.primarySyncSource)
      assert.deepStrictEqual(made.metadata, { first_name: ["a", 1, null], nested: { deepKey: true } })
      assert.deepStrictEqual(
        made.rules.map(({ operator, position }) => [operator, position]),
        [
          ["EXISTS", 1],
          ["GREATER_THAN", 2],
          ["GREATER_THAN", null]
        ]
      )
      assert.deepStrictEqual(yield* jobsOf(actor.organizationId), [
        { _tag: "Refresh", organizationId: actor.organizationId, audienceId: made.id }
      ])
    })
  )

  it.effect("mirrors the sync source of a synced list", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const made = yield* makeAudience(actor, {
        type: "SYNCED_LIST",
        primarySyncSource: {
          syncSource: "klaviyo:list",
          syncSourceId: "XyZ",
          syncStatus: "SUCCESS",
          lastSyncedAt: "2020-01-01",
          sourceData: { a_b: 1 }
        }
      })
      assert.strictEqual(made.primaryExternalId, "XyZ")
      assert.strictEqual(made.primarySourceVendor, "klaviyo")
      assert.isNull(made.primaryLastSyncedAt)
      assert.strictEqual(made.primarySyncSource?.id, made.primarySyncSourceId)
      assert.strictEqual(made.primarySyncSource?.syncStatus, "PENDING")
      assert.isNull(made.primarySyncSource?.lastSyncedAt)
      assert.deepStrictEqual(made.primarySyncSource?.sourceData, { a_b: 1 })
      assert.deepStrictEqual(yield* jobsOf(actor.organizationId), [])
    })
  )

  it.effect("refuses what the type does not have and rules that do not compile, all at once", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const audiences = yield* Audiences
      const refused = yield* Effect.flip(
        audiences.create(actor, {
          name: "x",
          type: "STATIC_LIST",
          rules: [rule, { field: "nope", operator: "EXISTS", values: [] }, { ...rule, values: [null] }],
          primarySyncSource: { syncSource: "a:b", syncSourceId: "c" }
        })
      )
      assert.strictEqual(refused._tag, "ValidationError")
      assert.deepStrictEqual(
        refused.issues.map(({ path }) => path.map(({ key }) => key).join(".")),
        ["rules", "primarySyncSource", "rules.1.field", "rules.2.values.0"]
      )
      assert.deepStrictEqual((yield* audiences.list(actor.organizationId, {})).data, [])
    })
  )

  it.effect("updates only what is sent; null clears; the type stays", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const audiences = yield* Audiences
      const made = yield* makeAudience(actor, {
        type: "STATIC_LIST",
        description: "d",
        iconName: "i",
        metadata: { a: 1 }
      })
      const change: AudienceUpdate = { type: "STATIC_LIST", description: null, metadata: { b: 2 } }
      const updated = yield* audiences.update(actor, made.id, change)
      const {
        rules: _r,
        imports: _i,
        primarySyncSource: _s,
        ...got
      } = yield* audiences.get(actor.organizationId, made.id)
      assert.deepStrictEqual(updated, got)
      assert.deepStrictEqual(
        [got.description, got.iconName, got.metadata, got.name, got.updatedBy],
        [null, "i", { b: 2 }, "Audience", "key:test"]
      )
      const refused = yield* Effect.flip(audiences.update(actor, made.id, { type: "DYNAMIC" }))
      assert.deepStrictEqual(refused._tag === "ValidationError" ? refused.issues[0]?.path.map(({ key }) => key) : [], [
        "type"
      ])
    })
  )

  it.effect("archives for good: it answers by id, leaves the list, and takes no changes", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const audiences = yield* Audiences
      const made = yield* makeAudience(actor, { type: "STATIC_LIST" })
      const archived = yield* audiences.archive(actor, made.id)
      assert.isTrue(archived.archived)
      assert.deepStrictEqual(yield* audiences.archive(actor, made.id), archived)
      assert.isTrue((yield* audiences.get(actor.organizationId, made.id)).archived)
      assert.deepStrictEqual((yield* audiences.list(actor.organizationId, {})).data, [])
      assert.strictEqual((yield* audiences.list(actor.organizationId, { archived: true })).data.length, 1)
      assert.strictEqual((yield* Effect.flip(audiences.update(actor, made.id, { name: "n" })))._tag, "AudienceArchived")
    })
  )

  it.effect("another organization's audience is not found, exactly as an unknown one", () =>
    Effect.gen(function* () {
      const [mine, other] = [yield* freshActor, yield* freshActor]
      const audiences = yield* Audiences
      const { id } = yield* makeAudience(mine, { type: "STATIC_LIST" })
      const unknown = yield* Effect.flip(audiences.get(other.organizationId, yield* unknownAudience))
      for (const attempt of [
        audiences.get(other.organizationId, id),
        audiences.update(other, id, { name: "n" }),
        audiences.archive(other, id)
      ])
        assert.deepStrictEqual(yield* Effect.flip(attempt as Effect.Effect<unknown, unknown>), unknown)
      assert.isFalse((yield* audiences.get(mine.organizationId, id)).archived)
    })
  )

  it.effect("lists by name in folded order, filters, and pages without skipping or repeating", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const audiences = yield* Audiences
      for (const [name, type] of [
        ["b", "STATIC_LIST"],
        ["A", "DYNAMIC"],
        ["straße", "STATIC_LIST"],
        ["C", "STATIC_LIST"],
        ["a", "STATIC_LIST"]
      ]) {
        yield* makeAudience(actor, { name, type, ...(name === "C" ? { groupId: group } : {}) })
      }
      const names = (query: Parameters<typeof audiences.list>[1]) =>
        Effect.map(audiences.list(actor.organizationId, query), ({ data }) => data.map(({ name }) => name))
      assert.deepStrictEqual(
        (yield* names({ sortBy: "name", sortDir: "asc" })).map((name) => name.toLowerCase()),
        ["a", "a", "b", "c", "straße"]
      )
      assert.deepStrictEqual(yield* names({ search: "ASSE" }), ["straße"])
      assert.deepStrictEqual(yield* names({ type: "DYNAMIC" }), ["A"])
      assert.deepStrictEqual(yield* names({ groupId: group }), ["C"])
      const seen: Array<string> = []
      let after: string | null = null
      do {
        const page: Page<AudienceFull> = yield* audiences.list(actor.organizationId, {
          first: 2,
          ...(after === null ? {} : { after })
        })
        seen.push(...page.data.map(({ name }) => name))
        after = page.pageInfo.endCursor
      } while (after !== null)
      assert.deepStrictEqual(seen.toSorted(), ["A", "C", "a", "b", "straße"])
    })
  )

  it.effect("shows the latest imports, newest first", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const sql = yield* SqlClient.SqlClient
      const audiences = yield* Audiences
      const { id } = yield* makeAudience(actor, { type: "STATIC_LIST" })
      yield* makeAudience(actor, { type: "STATIC_LIST" })
      yield* sql`
        INSERT INTO imports (organization_id, id, audience_id, status, s3_key, upload_expires_at, created_at, created_by)
        SELECT ${actor.organizationId}::uuid, gen_random_uuid(), ${id}::uuid, 'PENDING', n::text, now(), now() + make_interval(secs => n), 'x'
        FROM generate_series(1, 25) n`
      const { imports } = yield* audiences.get(actor.organizationId, id)
      assert.deepStrictEqual(
        imports.map(({ s3Key }) => s3Key),
        Array.from({ length: 20 }, (_, i) => String(25 - i))
      )
      const { data } = yield* audiences.list(actor.organizationId, {})
      assert.deepStrictEqual(data.map((each) => each.imports.length).toSorted(), [0, 20])
    })
  )
})
