import { foldConsumer } from "@audiences/engine/consumers/FoldedConsumer"
import { assert, describe, it } from "@effect/vitest"

describe("FoldedConsumer", () => {
  it("folds texts, derives the domain, and leaves the rest null", () => {
    const folded = foldConsumer({ email: "Jörg.GROSS@Straße.DE", fullName: "ΟΔΥΣΣΕΥΣ", lastGeoCity: null })
    assert.strictEqual(folded.emailFolded, "jörg.gross@strasse.de")
    assert.strictEqual(folded.emailDomainFolded, "strasse.de")
    assert.strictEqual(folded.fullNameFolded, "οδυσσευσ")
    assert.isNull(folded.lastGeoCityFolded)
    assert.isNull(folded.primaryExternalIdFolded)
    assert.isNull(folded.metadataFolded)
  })

  it("folds the values of metadata and the elements of its lists, not its keys", () => {
    const metadata = { Tag: ["VIP", 1, null, true], __proto: "A", n: 1.5 }
    assert.deepStrictEqual(foldConsumer({ metadata }).metadataFolded, {
      Tag: ["vip", 1, null, true],
      __proto: "a",
      n: 1.5
    })
  })

  it("keeps a key that objects have of their own", () => {
    const metadata = JSON.parse(`{"__proto__": "A", "constructor": "B"}`) as Record<string, string>
    assert.strictEqual(JSON.stringify(foldConsumer({ metadata }).metadataFolded), `{"__proto__":"a","constructor":"b"}`)
  })
})
