import type { ConsumerCreate, ConsumerListQuery } from "@audiences/domain/Consumer"
import { ConsumerId } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import { SyncSourceId } from "@audiences/domain/SyncSource"
import { Uuid } from "@audiences/domain/Uuid"
import { ConsumerRepo } from "@audiences/engine/consumers/ConsumerRepo"
import { Consumers } from "@audiences/engine/consumers/Consumers"
import { DatabaseClockSql } from "@audiences/storage/DatabaseClockSql"
import { ConsumerRepoSql } from "@audiences/storage/consumers/ConsumerRepoSql"
import { consumersByOrdinals } from "@audiences/storage/consumers/FullConsumers"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"

const TestLayer = Consumers.layer.pipe(
  Layer.provideMerge(ConsumerRepoSql),
  Layer.provide(DatabaseClockSql),
  Layer.provideMerge(PostgresTest)
)

const actorOf = (organizationId: OrganizationId) => ({ organizationId, name: "key:test" })
const make = (organizationId: OrganizationId, people: ReadonlyArray<Partial<ConsumerCreate>>) =>
  Effect.flatMap(Consumers, (consumers) =>
    consumers.batch(actorOf(organizationId), {
      consumers: people.map((attributes) => ({
        emailVerified: false,
        phoneVerified: false,
        status: "ACTIVE" as const,
        ...attributes
      }))
    })
  )
const found = (organizationId: OrganizationId, query: ConsumerListQuery) =>
  Effect.flatMap(Consumers, (consumers) =>
    Effect.map(consumers.list(organizationId, { sortDir: "asc", ...query }), ({ data }) =>
      data.map(({ fullName }) => fullName)
    )
  )
const instant = (text: string) => DateTime.makeUnsafe(text)
const feedOf = (organizationId: OrganizationId) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) =>
      sql<{ ordinals: Array<number>; fields: Array<string> | null }>`
      SELECT ordinals, fields FROM changes WHERE organization_id = ${organizationId} ORDER BY position`
  )

layer(TestLayer, { excludeTestServices: true })("Consumers", (it) => {
  it.effect("updates what it is told, and puts only that into the feed", () =>
    Effect.gen(function* () {
      const consumers = yield* Consumers
      const repo = yield* ConsumerRepo
      const organizationId = yield* freshOrganization
      const [ann] = yield* make(organizationId, [
        { email: "ann@example.com", fullName: "Ann", metadata: { a: 1, b: 2 } }
      ])
      const patch = { email: null, metadata: { b: 2 }, smsOptOut: true }
      const updated = yield* repo.update(actorOf(organizationId), instant("2026-01-02T00:00:00.007Z"), ann!.id, patch)
      assert.deepStrictEqual(updated, {
        ...ann!,
        email: null,
        metadata: { b: 2 },
        smsOptOut: true,
        updatedAt: instant("2026-01-02T00:00:00.007Z"),
        updatedBy: "key:test"
      })
      assert.deepStrictEqual(yield* consumers.get(organizationId, ann!.id), { ...updated, primarySyncSource: null })
      assert.deepStrictEqual(
        yield* consumers.update(actorOf(organizationId), ann!.id, { metadata: { b: 2 }, smsOptOut: true }),
        updated
      )
      assert.deepStrictEqual(yield* feedOf(organizationId), [
        { ordinals: [0], fields: null },
        { ordinals: [0], fields: ["email", "emailDomain", "metadata", "smsOptOut", "updatedAt", "updatedBy"] }
      ])
    })
  )

  it.effect("refuses an identifier that another live consumer has, in whatever spelling", () =>
    Effect.gen(function* () {
      const consumers = yield* Consumers
      const organizationId = yield* freshOrganization
      const [ann, bob] = yield* make(organizationId, [
        { email: "ann@straße.de", phone: "+49123" },
        { email: "bob@example.com" }
      ])
      const { issues } = yield* consumers
        .update(actorOf(organizationId), bob!.id, { email: "ANN@STRASSE.de", phone: "+49123" })
        .pipe(Effect.catchTag(["ConsumerNotFound", "ConsumerArchived"], Effect.die), Effect.flip)
      assert.deepStrictEqual(
        issues.map(({ message, path }) => [message, path.map(({ key }) => key)]),
        [
          [`Email already exists: it is consumer ${ann!.id}'s, not consumer ${bob!.id}'s`, ["email"]],
          [`Phone already exists: it is consumer ${ann!.id}'s, not consumer ${bob!.id}'s`, ["phone"]]
        ]
      )
      assert.deepInclude(yield* consumers.update(actorOf(organizationId), ann!.id, { email: "Ann@Strasse.de" }), {
        email: "Ann@Strasse.de"
      })
    })
  )

  it.effect("archives once, frees identifiers, and refuses writes from then on", () =>
    Effect.gen(function* () {
      const consumers = yield* Consumers
      const organizationId = yield* freshOrganization
      const [ann] = yield* make(organizationId, [{ email: "ann@example.com", fullName: "Ann" }])
      const archived = yield* consumers.archive(actorOf(organizationId), ann!.id)
      assert.deepInclude(archived, { archived: true, email: "ann@example.com", updatedBy: "key:test" })
      assert.deepStrictEqual(yield* consumers.archive(actorOf(organizationId), ann!.id), archived)
      assert.deepStrictEqual(yield* consumers.get(organizationId, ann!.id), { ...archived, primarySyncSource: null })
      assert.strictEqual(
        (yield* Effect.flip(consumers.update(actorOf(organizationId), ann!.id, { fullName: "X" })))._tag,
        "ConsumerArchived"
      )
      const [again] = yield* make(organizationId, [{ email: "ann@example.com", fullName: "Ann again" }])
      assert.notStrictEqual(again!.id, ann!.id)
      assert.deepStrictEqual(yield* found(organizationId, {}), ["Ann again"])
      assert.deepStrictEqual(yield* found(organizationId, { archived: true }), ["Ann"])
      assert.deepStrictEqual(yield* feedOf(organizationId), [
        { ordinals: [0], fields: null },
        { ordinals: [0], fields: null },
        { ordinals: [1], fields: null }
      ])
    })
  )

  it.effect("answers for another organization's consumers as for none", () =>
    Effect.gen(function* () {
      const consumers = yield* Consumers
      const [mine, theirs] = [yield* freshOrganization, yield* freshOrganization]
      const [ann] = yield* make(theirs, [{ email: "ann@example.com", phone: "+49123", externalId: "1" }])
      for (const id of [ann!.id, ConsumerId.make(yield* yield* Uuid)]) {
        assert.strictEqual((yield* Effect.flip(consumers.get(mine, id)))._tag, "ConsumerNotFound")
        assert.strictEqual(
          (yield* Effect.flip(consumers.update(actorOf(mine), id, { fullName: "X" })))._tag,
          "ConsumerNotFound"
        )
        assert.strictEqual((yield* Effect.flip(consumers.archive(actorOf(mine), id)))._tag, "ConsumerNotFound")
      }
      assert.deepStrictEqual(yield* found(mine, {}), [])
      const [own] = yield* make(mine, [{ email: "ann@example.com", phone: "+49123", externalId: "1" }])
      assert.notStrictEqual(own!.id, ann!.id)
      assert.deepStrictEqual(yield* consumers.get(theirs, ann!.id), { ...ann!, primarySyncSource: null })
    })
  )

  it.effect("finds people by any part of email, name or external id, and by the beginning of the phone", () =>
    Effect.gen(function* () {
      const organizationId = yield* freshOrganization
      yield* make(organizationId, [
        { fullName: "Jörg Groß", email: "jg@100%_real.example.com" },
        { fullName: "Ann Lee", phone: "+14155550123", externalId: "CRM-42\\7" },
        { fullName: "Οδυσσεύς" }
      ])
      const search = (text: string) => found(organizationId, { search: text })
      assert.deepStrictEqual(yield* search("GROSS"), ["Jörg Groß"])
      assert.deepStrictEqual(yield* search("jo\u0308rg"), ["Jörg Groß"])
      assert.deepStrictEqual(yield* search("ΟΔΥΣΣΕΎς"), ["Οδυσσεύς"])
      assert.deepStrictEqual(yield* search("0%_r"), ["Jörg Groß"])
      assert.deepStrictEqual(yield* search("%%"), [])
      assert.deepStrictEqual(yield* search("42\\7"), ["Ann Lee"])
      assert.deepStrictEqual(yield* search("+1 (415) 555"), ["Ann Lee"])
      assert.deepStrictEqual(yield* search("1415"), ["Ann Lee"])
      assert.deepStrictEqual(yield* search("415555"), [])
      assert.deepStrictEqual(yield* search("' OR 1=1 --"), [])
    })
  )

  it.effect("filters by the instant of creation, ends left out", () =>
    Effect.gen(function* () {
      const repo = yield* ConsumerRepo
      const organizationId = yield* freshOrganization
      const days = ["1", "2", "3"].map((day) => ({ fullName: day, at: instant(`2026-01-0${day}T00:00:00Z`) }))
      for (const { fullName, at } of days) yield* repo.merge(actorOf(organizationId), at, [{ fullName }])
      const [from, to] = [days[0]!.at, days[2]!.at]
      assert.deepStrictEqual(yield* found(organizationId, { createdAfter: from }), ["2", "3"])
      assert.deepStrictEqual(yield* found(organizationId, { createdBefore: to }), ["1", "2"])
      assert.deepStrictEqual(yield* found(organizationId, { createdAfter: from, createdBefore: to }), ["2"])
    })
  )

  it.effect(
    "filters by audience, which an archived consumer leaves, and shows nobody of an audience that is not there",
    () =>
      Effect.gen(function* () {
        const consumers = yield* Consumers
        const sql = yield* SqlClient.SqlClient
        const organizationId = yield* freshOrganization
        const people = yield* make(
          organizationId,
          ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"].map((fullName) => ({ fullName }))
        )
        const audienceId = yield* yield* Uuid
        yield* sql`
        INSERT INTO audiences (organization_id, id, name, name_folded, type, created_at, created_by, version, member_count)
        VALUES (${organizationId}, ${audienceId}, 'A', 'a', 'DYNAMIC', now(), 'system', 1, 2)`
        yield* sql`
        INSERT INTO audience_blocks (organization_id, audience_id, block, bits, member_count)
        VALUES (${organizationId}, ${audienceId}, 0, set_bit(set_bit(decode(repeat('00', 8192), 'hex'), 1, 1), 9, 1), 2)`
        assert.deepStrictEqual(yield* found(organizationId, { audienceId }), ["1", "9"])
        assert.deepStrictEqual(yield* found(organizationId, { audienceId: yield* yield* Uuid }), [])
        assert.deepStrictEqual(yield* found(yield* freshOrganization, { audienceId }), [])
        yield* consumers.archive(actorOf(organizationId), people[1]!.id)
        assert.deepStrictEqual(yield* found(organizationId, { audienceId }), ["9"])
        assert.deepStrictEqual(yield* found(organizationId, { audienceId, archived: true }), [])
      })
  )

  it.effect("tells where a consumer comes from", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const consumers = yield* Consumers
      const organizationId = yield* freshOrganization
      const [ann] = yield* make(organizationId, [{ fullName: "Ann" }, { fullName: "Bob" }])
      const sourceId = SyncSourceId.make(yield* yield* Uuid)
      yield* sql`
        INSERT INTO sync_sources (organization_id, id, sync_source, sync_source_id, source_data, created_at, created_by)
        VALUES (${organizationId}, ${sourceId}, 'klaviyo:list', 'L1', '{"list_name": "x"}', '2026-01-01Z', 'system')`
      yield* sql`UPDATE consumers SET primary_sync_source_id = ${sourceId} WHERE organization_id = ${organizationId} AND id = ${ann!.id}`
      const { primarySyncSource } = yield* consumers.get(organizationId, ann!.id)
      assert.deepInclude(primarySyncSource, {
        id: sourceId,
        syncSource: "klaviyo:list",
        sourceData: { list_name: "x" },
        syncStatus: "PENDING"
      })
      const full = yield* consumersByOrdinals(sql, organizationId, [1, 0, 7])
      assert.deepStrictEqual(
        full.map((each) => [each.fullName, each.primarySyncSource?.id]),
        [
          ["Ann", sourceId],
          ["Bob", undefined]
        ]
      )
    })
  )
})
