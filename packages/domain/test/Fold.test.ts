import { fold } from "@audiences/domain/Fold"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

/** The definition, without shortcuts. */
const definition = (text: string): string => {
  const upper = [...text.normalize("NFC")].map((codePoint) => codePoint.toUpperCase()).join("")
  return [...upper]
    .map((codePoint) => codePoint.toLowerCase())
    .join("")
    .normalize("NFC")
}

const everyCodePoint = function* () {
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
    if (codePoint < 0xd800 || codePoint > 0xdfff) yield String.fromCodePoint(codePoint)
  }
}

const codePoint = Schema.Int.check(
  Schema.isBetween({ minimum: 0, maximum: 0x10ffff }),
  Schema.makeFilter((i) => i < 0xd800 || i > 0xdfff)
)
const sharp = [
  "ß",
  "SS",
  "ss",
  "ſs",
  "i\u0307",
  "İ",
  "Σ",
  "ς",
  "ΐ",
  "\u0345",
  "\u0301",
  "\u030c",
  "J\u030c",
  "ﬃ",
  "Å",
  "K",
  "ǆ",
  "ŉ",
  "ա\u0582"
] as const
const piece = Schema.Union([Schema.Literals(sharp), Schema.String])
const anyText = Schema.Array(piece)

describe("fold", () => {
  it("is its definition for every code point", () => {
    for (const each of everyCodePoint())
      if (fold(each) !== definition(each)) assert.fail(each.codePointAt(0)!.toString(16))
  }, 30_000)

  it("is its own fixed point for every code point but the capital ẞ, whose small form has a capital of its own", () => {
    const moving = [...everyCodePoint()].filter((each) => fold(fold(each)) !== fold(each))
    assert.deepStrictEqual(moving, ["ẞ"])
    assert.strictEqual(fold("ẞ"), "ß")
  }, 30_000)

  it.prop(
    "is its definition and its own fixed point for every text",
    [anyText, Schema.Array(codePoint)],
    ([pieces, codePoints]) => {
      for (const text of [pieces.join(""), String.fromCodePoint(...codePoints)]) {
        assert.strictEqual(fold(text), definition(text))
        if (!text.includes("ẞ")) assert.strictEqual(fold(fold(text)), fold(text))
      }
    },
    { arbitrary: { runs: 500 } }
  )

  it.prop(
    "is the same for composed and decomposed text",
    [anyText],
    ([pieces]) => {
      const text = pieces.join("")
      assert.strictEqual(fold(text.normalize("NFD")), fold(text))
      assert.strictEqual(fold(text.normalize("NFC")), fold(text))
    },
    { arbitrary: { runs: 300 } }
  )

  it.prop("is the lower case of ASCII", [Schema.String.check(Schema.isPattern(/^[\x20-\x7e]*$/u))], ([text]) => {
    assert.strictEqual(fold(text), text.toLowerCase())
  })

  it("makes one of the forms of ß and of sigma, and lets letters be what they are", () => {
    assert.strictEqual(fold("Straße"), fold("STRASSE"))
    assert.strictEqual(fold("Straße"), "strasse")
    assert.deepStrictEqual([..."Σσς"].map(fold), ["σ", "σ", "σ"])
    assert.strictEqual(fold("ΟΔΟΣ"), fold("οδος"))
    assert.strictEqual(fold("I"), fold("ı"))
    assert.strictEqual(fold("İ"), "i\u0307")
    assert.notStrictEqual(fold("İ"), fold("i"))
    assert.strictEqual(fold("ﬁ"), "fi")
    assert.strictEqual(fold(""), "")
  })
})
