import { AudienceId } from "@audiences/domain/AudienceId"
import { OrganizationId } from "@audiences/domain/Organization"
import { GateMemory } from "@audiences/engine/gate/GateMemory"
import type { PublishedMembership } from "@audiences/engine/gate/GateRepo"
import { type Block, fromOffsets } from "@audiences/engine/memberships/Block"
import { assert, describe, it } from "@effect/vitest"
import { DateTime } from "effect"

const organizationId = OrganizationId.make("0190a000-0000-7000-8000-000000000001")
const audienceId = (n: number) => AudienceId.make(`0190a000-0000-7000-8000-${String(n).padStart(12, "0")}`)
const asOf = (second: number) => DateTime.makeUnsafe(second * 1000)

const published = (change: Partial<PublishedMembership>): PublishedMembership => ({
  organizationId,
  audienceId: audienceId(1),
  version: 1,
  archived: false,
  asOf: asOf(10),
  stale: false,
  blocks: new Map<number, Block | null>([
    [0, fromOffsets([1])],
    [2, fromOffsets([5])]
  ]),
  since: null,
  ...change
})

const members = (memory: GateMemory) =>
  [1, 2, 65_536 * 2 + 5].filter((ordinal) => memory.membership(organizationId, audienceId(1))?.has(ordinal) === true)

describe("GateMemory", () => {
  it("takes in what changed since the version it knows, and nothing that is older or of another version", () => {
    const memory = new GateMemory(1e9)
    const change = {
      since: 1,
      version: 2,
      blocks: new Map([
        [0, fromOffsets([2])],
        [2, null]
      ])
    }
    memory.keep(published(change), { own: 0, database: 10_000 })
    assert.deepStrictEqual(members(memory), [], "a change of what is not known")
    memory.keep(published({}), { own: 1, database: 10_000 })
    assert.deepStrictEqual(members(memory), [1, 131_077])
    memory.keep(published(change), { own: 2, database: 10_000 })
    assert.deepStrictEqual(members(memory), [2])
    memory.keep(published({}), { own: 3, database: 10_000 })
    memory.keep(published({ since: 1, version: 3, blocks: new Map() }), { own: 3, database: 10_000 })
    memory.keep(published({ since: 2, version: 3, blocks: new Map() }), { own: 1, database: 10_000 })
    assert.deepStrictEqual(members(memory), [2])
    assert.strictEqual(memory.membership(organizationId, audienceId(1))?.published.version, 2)
  })

  it("never takes back up to when it is true", () => {
    const memory = new GateMemory(1e9)
    const at = () => memory.membership(organizationId, audienceId(1))?.published.asOf
    memory.keep(published({}), { own: 0, database: 10_000 })
    memory.keep(published({ since: 1, blocks: new Map(), asOf: asOf(12) }), { own: 2, database: 12_000 })
    memory.keep(published({ since: 1, blocks: new Map(), asOf: asOf(11) }), { own: 3, database: 13_000 })
    assert.deepStrictEqual(at(), asOf(12))
  })

  it("drops what was not used for longest when it is full", () => {
    const memory = new GateMemory(60_000)
    for (let n = 1; n <= 3; n++) memory.keep(published({ audienceId: audienceId(n) }), { own: 0, database: 10_000 })
    memory.trim()
    assert.lengthOf(memory.memberships(), 3)
    memory.use(organizationId, audienceId(1))
    memory.keep(published({ audienceId: audienceId(4) }), { own: 0, database: 10_000 })
    memory.trim()
    assert.isAtMost(memory.bytes, 60_000)
    assert.deepStrictEqual(
      memory.memberships().map(({ published }) => published.audienceId),
      [audienceId(1), audienceId(3), audienceId(4)]
    )
    memory.forget(organizationId, audienceId(1))
    memory.forget(organizationId, audienceId(3))
    memory.forget(organizationId, audienceId(4))
    assert.strictEqual(memory.bytes, 0)
  })
})
