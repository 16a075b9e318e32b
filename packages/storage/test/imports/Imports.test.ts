import { ConsumerCreate } from "@audiences/domain/Consumer"
import { ImportId } from "@audiences/domain/Import"
import { importColumns } from "@audiences/storage/imports/ImportRow"
import { OrganizationId } from "@audiences/domain/Organization"
import { ImportLimits } from "@audiences/engine/imports/ImportLimits"
import { ImportRepo } from "@audiences/engine/imports/ImportRepo"
import { runImport } from "@audiences/engine/imports/ImportRun"
import { Imports } from "@audiences/engine/imports/Imports"
import { UploadUrls } from "@audiences/engine/imports/uploads/UploadUrls"
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Exit, Stream } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { TestClock } from "effect/testing"
import { readdir } from "node:fs/promises"
import { freshOrganization } from "../../../../tools/vitest/PostgresTest.ts"
import {
  bodyOf,
  bringIn,
  Enqueued,
  fresh,
  freshAudience,
  grantOf,
  ImportsTest,
  latest,
  open,
  partition,
  traces,
  upload,
  UploadFolder,
  uuid
} from "./Importing.ts"

const people = `Email,External ID,Full Name,total_orders,LTV,tags,city
ann@example.com,1,Ann,3,12.50,"vip, early",Paris
bob@example.com,2,Bob,,,,
nobody,3,Bad,,,,
ANN@example.com,1,Ann Other,4,,,
,,No One,,,,
cy@example.com,3,"Cy
Two",x,,,
dee@example.com,5
`

const filesIn = (path: string) =>
  Effect.promise(async () =>
    (await readdir(path, { recursive: true, withFileTypes: true }))
      .filter((each) => each.isFile())
      .map((each) => each.name)
  )

layer(ImportsTest)("Imports", (it) => {
  it.effect("brings in what can be read, and tells of every other row where it is and what is wrong", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      const started = yield* upload(place, people)
      assert.deepStrictEqual([started.status, started.progress, started.totalConsumers], ["PROCESSING", 0, null])
      const imports = yield* Imports
      yield* imports.run(place.organizationId, started.id)
      const done = yield* latest(place)
      assert.deepStrictEqual(
        [done.status, done.progress, done.totalConsumers, done.processedConsumers, done.errorCount, done.failureReason],
        ["COMPLETED", 100, 7, 7, 4, null]
      )
      assert.deepStrictEqual(
        done.errors?.map(({ row }) => row),
        [4, 6, 7, 9]
      )
      assert.deepStrictEqual(yield* partition(done.id), {
        created: 2,
        updated: 0,
        unchanged: 0,
        duplicate: 1,
        rejected: 4
      })
      assert.deepStrictEqual(done.duplicates, [{ row: 2, keptRow: 5 }])
      const { consumers, members } = yield* traces(place)
      assert.deepStrictEqual(members, [0, 1])
      // Whoever is told of twice comes in with the last of the rows.
      assert.deepInclude(consumers[1], {
        email: "ANN@example.com",
        email_folded: "ann@example.com",
        email_domain_folded: "example.com",
        email_verified: false,
        status: "ACTIVE",
        full_name: "Ann Other",
        full_name_folded: "ann other",
        total_orders: 4,
        ltv: 12.5,
        primary_external_id: "1",
        metadata: { tags: ["vip", "early"], city: "Paris" },
        metadata_folded: { tags: ["vip", "early"], city: "paris" }
      })
      assert.deepInclude(consumers[0], {
        email: "bob@example.com",
        full_name: "Bob",
        total_orders: 0,
        ltv: 0,
        metadata: null,
        metadata_folded: null
      })
    })
  )

  it.effect("finds nothing to do in the same file again, and rewrites no row", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const place = yield* fresh
      const rowsAsWritten = sql`SELECT ordinal, xmin::text, updated_at FROM consumers WHERE organization_id = ${place.organizationId} ORDER BY ordinal`
      const changes = sql`SELECT position FROM changes WHERE organization_id = ${place.organizationId}`
      const file = people.replace("ANN@", "ann@")
      yield* bringIn(place, file)
      const before = { rows: yield* rowsAsWritten, changes: yield* changes }
      const again = yield* bringIn(place, file)
      assert.deepStrictEqual(yield* partition(again.id), {
        created: 0,
        updated: 0,
        unchanged: 2,
        duplicate: 1,
        rejected: 4
      })
      assert.deepStrictEqual({ rows: yield* rowsAsWritten, changes: yield* changes }, before)
    })
  )

  it.effect("adds to what is known, leaves what a cell is blank for, and records what changed", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const place = yield* fresh
      yield* bringIn(place, 'email,phone,ltv,size,metadata\nann@example.com,+4912345,5,40,"{""a"":1,""b"":2}"\n')
      const { id } = yield* bringIn(place, 'phone;email;ltv;metadata\n;Ann@Example.com;7.25;"{""b"":3}"\n')
      assert.deepStrictEqual(yield* partition(id), { created: 0, updated: 1, unchanged: 0, duplicate: 0, rejected: 0 })
      const {
        consumers: [ann]
      } = yield* traces(place)
      assert.deepInclude(ann, {
        email: "Ann@Example.com",
        phone: "+4912345",
        ltv: 7.25,
        metadata: { a: 1, b: 3, size: "40" }
      })
      const feed =
        yield* sql`SELECT ordinals, fields, audience_id FROM changes WHERE organization_id = ${place.organizationId} ORDER BY position`
      assert.deepStrictEqual(
        feed.map(({ ordinals, fields }) => [ordinals, fields]),
        [
          [[0], []],
          [[0], null],
          [[0], ["email", "emailDomain", "ltv", "metadata", "updatedAt", "updatedBy"]]
        ]
      )
    })
  )

  it.effect("refuses a row whose identifiers are two people's, naming both, and writes the others", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      yield* bringIn(place, "email,phone\nann@example.com,+491\nbob@example.com,+492\n".replaceAll("+49", "+4900"))
      const done = yield* bringIn(
        place,
        "email,phone,name\nann@example.com,+49002,x\nbob@example.com,,y\nnew@example.com,+49001,z\n"
      )
      assert.deepStrictEqual(yield* partition(done.id), {
        created: 0,
        updated: 1,
        unchanged: 0,
        duplicate: 0,
        rejected: 2
      })
      const messages = done.errors!.map(({ issues }) => (issues[0] as { readonly message: string }).message)
      assert.match(
        messages[0]!,
        /^Phone already exists: it is consumer [0-9a-f-]{36}'s, while the email is consumer [0-9a-f-]{36}'s$/
      )
      assert.match(
        messages[1]!,
        /^Phone already exists: it is consumer [0-9a-f-]{36}'s, while the email is nobody's yet$/
      )
    })
  )

  it.effect("rejects, and can tell of, what the database cannot keep", () =>
    Effect.gen(function* () {
      const cell = (json: string) => `"${json.replaceAll('"', '""')}"`
      const file = [
        "email,metadata",
        ...['{"a":"\\u0000"}', '{"a":"\\ud800"}', '{"a":"\\\\u0000"}', '{"a":1e999}'].map(
          (json, i) => `p${i}@b.co,${cell(json)}`
        )
      ].join("\n")
      const done = yield* bringIn(yield* fresh, file)
      assert.deepStrictEqual([done.status, done.errors?.map(({ row }) => row)], ["COMPLETED", [2, 3, 5]])
    })
  )

  it.effect("lets an identifier pass from one person to another within a file", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      yield* bringIn(place, "email,phone\nann@example.com,+49001\nbob@example.com,+49002\n")
      const done = yield* bringIn(
        place,
        "email,phone\nann@example.com,+49003\nbob@example.com,+49001\ncy@example.com,+49002\n"
      )
      assert.deepStrictEqual(yield* partition(done.id), {
        created: 1,
        updated: 2,
        unchanged: 0,
        duplicate: 0,
        rejected: 0
      })
      assert.deepStrictEqual(
        (yield* traces(place)).consumers.map(({ phone }) => phone),
        ["+49003", "+49001", "+49002"]
      )
    })
  )

  it.effect("brings in every attribute that a consumer can be created with", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const special: Record<string, string> = {
        email: "ada@example.com",
        phone: "+14155550123",
        status: "INACTIVE",
        aov: "1.5",
        ltv: "2.5",
        metadata: '{"k":1}'
      }
      const ignored = new Set(["lastGeoCoordinates", "verificationCode", "verificationCodeExpiresAt"])
      const names = Object.keys(ConsumerCreate.fields).filter((name) => !ignored.has(name))
      const valueOf = (name: string) =>
        special[name] ??
        (name.endsWith("At")
          ? "2024-05-06T07:08:09.123Z"
          : name.endsWith("Verified") || name === "smsOptOut"
            ? "true"
            : name.endsWith("Rank")
              ? "4"
              : /Score$|Count$|^total|^loyalty/.test(name)
                ? "7"
                : `some ${name}`)
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
      const place = yield* fresh
      yield* bringIn(place, `${names.join(",")}\n${names.map((name) => quoted(valueOf(name))).join(",")}\n`)
      const [row] = yield* sql<Record<string, unknown>>`
        SELECT * FROM consumers WHERE organization_id = ${place.organizationId}::uuid`
      const untouched = names.filter((name) => {
        const value = row![name === "externalId" ? "primaryExternalId" : name]
        return value === null || value === undefined || value === 0 || value === false || value === "0.00000000"
      })
      assert.deepStrictEqual([names.length > 35, untouched], [true, []])
    })
  )

  it.effect("keeps the errors of rows with the import, out of the audience", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      yield* bringIn(place, people)
      assert.isAbove((yield* latest(place)).errors!.length, 0)
      const sql = yield* SqlClient.SqlClient
      const rows =
        yield* sql`SELECT ${importColumns(sql)} FROM imports i WHERE i.audience_id = ${place.audienceId}::uuid`
      assert.notProperty(rows[0], "errors")
    })
  )

  it.effect("tells the database of many new rows, so that it plans for what is there now", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const lines = Array.from({ length: 10_000 }, (_, i) => `many${i}`)
      yield* bringIn(yield* fresh, `externalId\n${lines.join("\n")}\n`)
      const [known] = yield* sql<{ rows: number }>`
        SELECT reltuples::float8 AS rows FROM pg_class WHERE oid = 'static_members'::regclass`
      assert.isAtLeast(known!.rows, 10_000)
    })
  )

  it.effect("imports a file of a header alone as no rows", () =>
    Effect.gen(function* () {
      const done = yield* bringIn(yield* fresh, "email,name\r\n\r\n")
      assert.deepStrictEqual(
        [done.status, done.progress, done.totalConsumers, done.processedConsumers],
        ["COMPLETED", 100, 0, 0]
      )
    })
  )

  for (const [what, file, reason, row] of [
    ["is empty", "", "The file is empty", 1],
    ["has no header", "ann@example.com,Ann\nbob@example.com,Bob\n", "it looks like data", 1],
    ["names no identifier", "name,city\nAnn,Paris\n", 'email, phone, externalId. Found: "name", "city"', 1],
    [
      "is not UTF-8",
      Buffer.from("email\nann@example.com\nbob@example.com\njos\xe9@example.com\n", "latin1"),
      "(line 4)",
      4
    ],
    ["is a spreadsheet", Buffer.from("PK\x03\x04…"), ".xlsx", 1],
    ["has NUL bytes", "email\nann@example.com\nbob\0@example.com\n", "NUL byte at offset 25 (line 3)", 3],
    ["opens a quote and never closes it", 'email\nann@example.com\n"bob@example.com\n', "line 3 is never closed", 3]
  ] as const) {
    it.effect(`fails as a whole, with nothing written, when the file ${what}`, () =>
      Effect.gen(function* () {
        const place = yield* fresh
        const done = yield* bringIn(place, file, 1)
        assert.deepStrictEqual([done.status, done.processedConsumers, done.errorCount], ["FAILED", 0, 0])
        assert.isBelow(done.progress, 100)
        assert.include(done.failureReason, reason)
        assert.deepStrictEqual(
          done.errors?.map((error) => error.row),
          [row]
        )
        const { consumers, members } = yield* traces(place)
        assert.deepStrictEqual([consumers, members], [[], []])
      })
    )
  }

  it.effect("fails as a whole when the file has more rows than are taken", () =>
    Effect.gen(function* () {
      const imports = yield* Imports
      const place = yield* fresh
      const { id } = yield* upload(place, "email\na@b.co\nb@b.co\nc@b.co\n")
      yield* imports
        .run(place.organizationId, id)
        .pipe(Effect.provideService(ImportLimits, { maxBytes: 1000, maxRows: 2, chunkRows: 1 }))
      assert.include((yield* latest(place)).failureReason, "more than 2 rows")
      assert.deepStrictEqual((yield* traces(place)).consumers, [])
    })
  )

  it.effect("signs an upload URL for one import, one hour and one file", () =>
    Effect.gen(function* () {
      const imports = yield* Imports
      const place = yield* fresh
      const { uploadUrl, s3Key, status, id } = yield* Effect.provideService(open(place), UploadUrls, {
        baseUrl: "https://audiences.example/"
      })
      assert.strictEqual(status, "PENDING")
      assert.match(
        uploadUrl,
        new RegExp(
          `^https://audiences\\.example/uploads/${place.organizationId}/${id}\\?expires=\\d+&signature=[0-9a-f]{64}$`
        )
      )
      assert.match(s3Key, new RegExp(`^imports/${place.organizationId}/${place.audienceId}/\\d+\\.csv$`))
      const grant = grantOf(uploadUrl)
      const other = yield* fresh
      const refused = (changed: Partial<typeof grant>) =>
        Effect.map(Effect.flip(imports.receive({ ...grant, ...changed }, bodyOf("email\n"))), ({ _tag }) => _tag)
      assert.strictEqual(
        yield* refused({ signature: grant.signature.replace(/^./, (digit) => (digit === "0" ? "1" : "0")) }),
        "UploadRefused"
      )
      assert.strictEqual(yield* refused({ signature: "" }), "UploadRefused")
      assert.strictEqual(yield* refused({ expires: String(Number(grant.expires) + 3600) }), "UploadRefused")
      assert.strictEqual(yield* refused({ importId: ImportId.make(yield* uuid) }), "UploadRefused")
      assert.strictEqual(yield* refused({ organizationId: other.organizationId }), "UploadRefused")
      assert.strictEqual(yield* refused({ organizationId: "x' OR '1'='1" }), "UploadRefused")
      yield* imports.receive(grant, bodyOf("email\n"))
      assert.strictEqual(yield* refused({}), "UploadRefused")
      const late = grantOf((yield* open(place)).uploadUrl)
      yield* TestClock.adjust("61 minutes")
      assert.deepStrictEqual(
        (yield* Effect.flip(imports.receive(late, bodyOf("email\n")))).error,
        "Upload URL has expired"
      )
    })
  )

  it.effect("stays as it was when a body breaks off or is too large, and the URL stays good", () =>
    Effect.gen(function* () {
      const imports = yield* Imports
      const { path } = yield* UploadFolder
      const place = yield* fresh
      const { uploadUrl } = yield* open(place)
      const before = yield* filesIn(path)
      const broken = Stream.concat(bodyOf("email\na@b.co\n"), Stream.fail("connection lost" as const))
      assert.strictEqual(yield* Effect.flip(imports.receive(grantOf(uploadUrl), broken)), "connection lost")
      const large = yield* Effect.flip(
        imports
          .receive(grantOf(uploadUrl), bodyOf("email\na@b.co\n"))
          .pipe(Effect.provideService(ImportLimits, { maxBytes: 10, maxRows: 10, chunkRows: 10 }))
      )
      assert.strictEqual((large as { readonly _tag: string })._tag, "PayloadTooLarge")
      assert.strictEqual((yield* latest(place)).status, "PENDING")
      assert.deepStrictEqual(yield* filesIn(path), before)
      const taken = yield* imports.receive(grantOf(uploadUrl), bodyOf("email\na@b.co\n"))
      yield* imports.run(place.organizationId, taken.id)
      assert.strictEqual((yield* latest(place)).status, "COMPLETED")
      assert.deepStrictEqual(yield* filesIn(path), before)
    })
  )

  it.effect("takes exactly one of two files sent at once", () =>
    Effect.gen(function* () {
      const imports = yield* Imports
      const { jobs } = yield* Enqueued
      const place = yield* fresh
      const { uploadUrl, id } = yield* open(place)
      const both = yield* Deferred.make<void>()
      const put = (file: string) =>
        Effect.exit(
          imports.receive(grantOf(uploadUrl), Stream.concat(bodyOf(file), Stream.fromEffectDrain(Deferred.await(both))))
        )
      const [exits] = yield* Effect.all(
        [
          Effect.all([put("email\na@b.co\n"), put("email\nb@b.co\n")], { concurrency: 2 }),
          Deferred.succeed(both, undefined)
        ],
        { concurrency: 2 }
      )
      assert.strictEqual(exits.filter(Exit.isSuccess).length, 1)
      assert.strictEqual(jobs.filter((job) => job._tag === "Import" && job.importId === id).length, 1)
      yield* imports.run(place.organizationId, id)
      const { consumers } = yield* traces(place)
      assert.deepStrictEqual(
        consumers.map(({ email }) => email),
        [Exit.isSuccess(exits[0]!) ? "a@b.co" : "b@b.co"]
      )
    })
  )

  it.effect("gives every import of an audience a file of its own, however soon they follow", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      const keys = yield* Effect.all(
        Array.from({ length: 5 }, () => open(place)),
        { concurrency: 5 }
      )
      assert.strictEqual(new Set(keys.map(({ s3Key }) => s3Key)).size, 5)
    })
  )

  it.effect("imports only into live static lists of the organization", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const imports = yield* Imports
      const { organizationId, audienceId } = yield* fresh
      const stranger = yield* freshOrganization
      const dynamic = yield* freshAudience(organizationId, "DYNAMIC")
      const actor = { organizationId, name: "key:test" }
      const refused = yield* Effect.flip(imports.create(actor, dynamic))
      assert.strictEqual(
        refused._tag === "ValidationError" && refused.issues[0]?.message,
        "Audience is not a static list"
      )
      assert.strictEqual(
        (yield* Effect.flip(imports.create({ ...actor, organizationId: stranger }, audienceId)))._tag,
        "AudienceNotFound"
      )
      assert.strictEqual((yield* Effect.flip(imports.latest(stranger, audienceId)))._tag, "AudienceNotFound")
      assert.strictEqual((yield* Effect.flip(imports.latest(organizationId, audienceId)))._tag, "ImportNotFound")
      yield* sql`UPDATE audiences SET archived = true WHERE id = ${audienceId}`
      assert.strictEqual((yield* Effect.flip(imports.create(actor, audienceId)))._tag, "AudienceArchived")
    })
  )

  it.effect("keeps the people of two organizations apart", () =>
    Effect.gen(function* () {
      const one = yield* fresh
      const two = yield* fresh
      yield* bringIn(one, "email,name\na@b.co,One\n")
      yield* bringIn(two, "email,name\na@b.co,Two\n")
      assert.deepStrictEqual(
        (yield* traces(one)).consumers.map(({ metadata }) => metadata),
        [{ name: "One" }]
      )
      const imports = yield* Imports
      const { id } = yield* upload(one, "email\nc@b.co\n")
      yield* imports.run(two.organizationId, id)
      yield* imports.run(OrganizationId.make(yield* uuid), id)
      assert.strictEqual((yield* latest(one)).status, "PROCESSING")
    })
  )

  it.effect("fails when the audience is archived meanwhile", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const imports = yield* Imports
      const place = yield* fresh
      const { id } = yield* upload(place, "email\na@b.co\n")
      yield* sql`UPDATE audiences SET archived = true WHERE id = ${place.audienceId}`
      yield* imports.run(place.organizationId, id)
      const done = yield* latest(place)
      assert.deepStrictEqual([done.status, done.processedConsumers], ["FAILED", 0])
      assert.include(done.failureReason, "archived")
      assert.deepStrictEqual((yield* traces(place)).consumers, [])
    })
  )

  it.effect("waits for a database that is away, and gives up on what no retry mends", () =>
    Effect.gen(function* () {
      const repo = yield* ImportRepo
      const place = yield* fresh
      const { id } = yield* upload(place, "email\na@b.co\n")
      const failing = (defect: unknown) =>
        Effect.exit(
          Effect.provideService(runImport(place.organizationId, id), ImportRepo, {
            ...repo,
            merge: () => Effect.die(defect)
          })
        )
      const away = new SqlError.SqlError({ reason: new SqlError.ConnectionError({ cause: new Error("gone") }) })
      assert.isTrue(Exit.isFailure(yield* failing(away)))
      assert.strictEqual((yield* latest(place)).status, "PROCESSING")
      assert.isTrue(Exit.isSuccess(yield* failing(new Error("a bug"))))
      const done = yield* latest(place)
      assert.deepStrictEqual(
        [done.status, done.failureReason],
        ["FAILED", "Something went wrong that the file is not to blame for. Rows counted as processed are in."]
      )
    })
  )

  it.effect("hands imports that stand still to the job queue again", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const imports = yield* Imports
      const { jobs } = yield* Enqueued
      const place = yield* fresh
      const { id } = yield* upload(place, "email\na@b.co\n")
      const enqueued = () => jobs.filter((job) => job._tag === "Import" && job.importId === id).length
      yield* imports.enqueueUnfinished
      assert.strictEqual(enqueued(), 1)
      yield* sql`UPDATE imports SET updated_at = now() - interval '31 seconds' WHERE id = ${id}`
      yield* imports.enqueueUnfinished
      assert.strictEqual(enqueued(), 2)
    })
  )
})
