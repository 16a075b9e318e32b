import { assert, layer } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { deflateSync, gzipSync } from "node:zlib"
import { ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

const good = "email,fullName\nada@example.com,Ada\n"

const bytes = (...all: ReadonlyArray<number>) => Uint8Array.from(all)
const joined = (...parts: ReadonlyArray<string | Uint8Array>) =>
  new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as string))))

/** Files that are no list of consumers, and what is said of each. */
const refused: ReadonlyArray<readonly [what: string, body: string | Uint8Array<ArrayBuffer>, said: RegExp]> = [
  ["nothing", "", /^The file is empty/],
  ["blank lines only", "\n \r\n\n", /^The file is empty/],
  ["a byte order mark only", "\uFEFF", /^The file is empty/],
  ["a zip", joined(bytes(0x50, 0x4b, 3, 4), deflateSync(good)), /is a zip archive or a spreadsheet/],
  ["a gzip of a good file", new Uint8Array(gzipSync(good)), /is a gzip archive/],
  ["a picture", joined(bytes(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), "IHDR"), /is a PNG image/],
  ["UTF-16 with its mark", new Uint8Array(Buffer.from(`\uFEFF${good}`, "utf16le")), /is text in UTF-16/],
  ["UTF-16 without", new Uint8Array(Buffer.from(good, "utf16le")), /is text in UTF-16/],
  ["Latin-1", new Uint8Array(Buffer.from(`${good}zoë@example.com,Zoë\n`, "latin1")), /not UTF-8: byte 0xEB .*line 3/],
  ["bytes of any kind", bytes(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0xff, 0xfe), /not text: a NUL byte|not UTF-8/],
  ["a NUL in the middle", `${good}eve\0@example.com,Eve\n`, /a NUL byte at offset 38 \(line 3\)/],
  ["a page of HTML", "<!DOCTYPE html>\n<html><body>Log in</body></html>\n", /No column identifies a consumer/],
  ["JSON", '{"consumers":[{"email":"ada@example.com"}]}', /must be a header/],
  ["data without a header", "ada@example.com,Ada\n", /must be a header/],
  [
    "10,000 columns",
    `email,${Array.from({ length: 9999 }, (_, i) => `c${i}`).join()}\n`,
    /10000 columns; at most 1000/
  ],
  ["a cell of 10 MB", `email,note\nada@example.com,${"x".repeat(10_000_000)}\n`, /line 2 is longer than 1048576/],
  ["a quote that never closes", `${good}eve@example.com,"Eve\n`, /line 3 is never closed/],
  ["a quote before 10 MB", `${good}eve@example.com,"Eve\n${good.repeat(300_000)}`, /line 3 is longer than 1048576/]
]

/** Files of consumers with odd rows: how many rows there are, and the lines of those that are refused, with the reason. */
const taken: ReadonlyArray<readonly [what: string, body: string, rows: number, said: Record<number, RegExp>]> = [
  ["a header only", "email,fullName\n", 0, {}],
  ["a header without a line end", "email", 0, {}],
  [
    "ragged rows",
    "email,fullName,ltv\na@example.com\nb@example.com,B,1\nc@example.com,C,1,2\nd@example.com,D,\n",
    4,
    { 2: /has 1 cells where the header has 3/, 4: /has 4 cells where the header has 3/ }
  ],
  [
    "stray quotes",
    'email,fullName\na@example.com,6" pipe\nb@example.com,"B" b\nc"@example.com,C\n"d@example.com",""\n',
    4,
    {}
  ],
  ["every line end at once", "email,fullName\r\na@example.com,A\nb@example.com,B\rc@example.com,C", 3, {}],
  [
    "cells that are too long for what they are",
    `email,fullName,externalId\n${"a".repeat(400)}@example.com,A,1\nb@example.com,${"B".repeat(20_000)},2\nc@example.com,C,${"3".repeat(513)}\n`,
    3,
    { 2: /320/, 3: /10000/, 4: /512/ }
  ],
  ["formulas", "email,fullName\na@example.com,=HYPERLINK(1)\nb@example.com,@SUM(1+1)\n", 2, {}],
  [
    "a thousand columns",
    `email,${Array.from({ length: 999 }, (_, i) => `c${i}`).join()}\na@example.com${",".repeat(999)}\n`,
    1,
    {}
  ]
]

const importOf = Effect.fnUntraced(function* (body: BodyInit) {
  const { key } = yield* freshKey
  const { id } = (yield* ask("/api/audiences", { key, ...json({ name: "List", type: "STATIC_LIST" }) })).json
  const { uploadUrl } = (yield* ask(`/api/audiences/${id}/import`, { key, method: "POST" })).json
  const { pathname, search } = new URL(uploadUrl)
  const put = yield* ask(pathname + search, { method: "PUT", body, headers: { "content-type": "text/csv" } })
  assert.strictEqual(put.status, 200, put.text)
  const { json: outcome } = yield* Effect.repeat(ask(`/api/audiences/${id}/import`, { key }), {
    until: ({ json }) => json.status === "COMPLETED" || json.status === "FAILED",
    schedule: Schedule.spaced("20 millis")
  })
  const { data } = (yield* ask("/api/consumers?first=100", { key })).json
  return { outcome, written: data.length as number }
})

layer(TestServer, { excludeTestServices: true })("a file that is", (it) => {
  for (const [what, body, said] of refused) {
    it.effect(`${what} is refused as a whole, saying why`, () =>
      Effect.gen(function* () {
        const { outcome, written } = yield* importOf(body)
        assert.strictEqual(outcome.status, "FAILED")
        assert.match(outcome.failureReason, said)
        assert.isAtMost(outcome.failureReason.length, 2000)
        assert.strictEqual(written, 0)
      })
    )
  }

  for (const [what, body, rows, said] of taken) {
    it.effect(`of ${what} is taken, but for the rows that cannot be read`, () =>
      Effect.gen(function* () {
        const { outcome, written } = yield* importOf(body)
        const lines = Object.keys(said)
        assert.deepStrictEqual(
          [outcome.status, outcome.progress, outcome.processedConsumers, outcome.errorCount, written],
          ["COMPLETED", 100, rows, lines.length, rows - lines.length]
        )
        const errors: ReadonlyArray<{ row: number; issues: ReadonlyArray<{ message: string }> }> = outcome.errors
        assert.deepStrictEqual(
          errors.map(({ row }) => String(row)),
          lines
        )
        for (const { issues, row } of errors) assert.match(issues.map(({ message }) => message).join("; "), said[row]!)
      })
    )
  }
})
