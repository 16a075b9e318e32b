import { ConsumerId } from "@audiences/domain/Consumer"
import { directoryOf, identifiersOf, identify, identifyAll, knownPersonOf } from "@audiences/engine/consumers/Identity"
import { assert, describe, it } from "@effect/vitest"

const ann = ConsumerId.make("00000000-0000-7000-8000-00000000000a")
const bob = ConsumerId.make("00000000-0000-7000-8000-00000000000b")
const directory = directoryOf([
  knownPersonOf({ id: ann, email: "Ann@Example.com", phone: "+14155550001" }),
  knownPersonOf({ id: bob, email: null, phone: "+14155550002", primaryExternalId: "straße-2" })
])
const given = (email: string | null, phone: string | null = null, primaryExternalId: string | null = null) =>
  identifiersOf({ email, phone, primaryExternalId })

describe("Identity", () => {
  it("matches by the first identifier given, folded", () => {
    assert.deepStrictEqual(identify(given("ANN@example.com"), directory), { id: ann, conflicts: [] })
    assert.deepStrictEqual(identify(given(null, "+14155550002"), directory), { id: bob, conflicts: [] })
    assert.deepStrictEqual(identify(given(null, null, "STRASSE-2"), directory), { id: bob, conflicts: [] })
    assert.deepStrictEqual(identify(given("new@example.com"), directory), { id: null, conflicts: [] })
    assert.deepStrictEqual(identify(given(null), directory), { id: null, conflicts: [] })
  })

  it("names both when a later identifier is somebody else's", () => {
    assert.deepStrictEqual(identify(given("ann@example.com", "+14155550002"), directory), {
      id: ann,
      conflicts: [{ _tag: "Taken", identifier: "phone", owner: bob, self: ann }]
    })
    assert.deepStrictEqual(identify(given("new@example.com", "+14155550001", "strasse-2"), directory), {
      id: null,
      conflicts: [
        { _tag: "Taken", identifier: "phone", owner: ann, self: null },
        { _tag: "Taken", identifier: "externalId", owner: bob, self: null }
      ]
    })
  })

  it("takes no offence at a later identifier that is nobody's or the same person's", () => {
    assert.deepStrictEqual(identify(given("ann@example.com", "+14155550001", "ann-1"), directory), {
      id: ann,
      conflicts: []
    })
  })

  it("refuses both entries that are one person, by whichever identifiers", () => {
    const identities = identifyAll(
      [given("ann@example.com"), given("new@example.com"), given(null, "+14155550001")],
      directory
    )
    assert.deepStrictEqual(
      identities.map(({ conflicts }) => conflicts),
      [[{ _tag: "Repeated", identifier: "email", other: 2 }], [], [{ _tag: "Repeated", identifier: "phone", other: 0 }]]
    )
  })

  it("tells each of many equal entries of one other only", () => {
    const identities = identifyAll(
      Array.from({ length: 500 }, () => given("x@example.com", "+4930123456", "x")),
      directory
    )
    assert.isTrue(identities.every(({ conflicts }) => conflicts.length === 3))
  })
})
