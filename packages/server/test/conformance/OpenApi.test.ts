import { openApiDocument } from "@audiences/domain/api/OpenApiDocument"
import { assert, describe, it } from "@effect/vitest"
import { deviationOf, deviations } from "./Deviations.ts"
import { Discrepancies, type Document } from "./Discrepancies.ts"
import { wireOperations } from "./Wire.ts"

const documentText = JSON.stringify(openApiDocument())

const discrepancies = (text = documentText): ReadonlyArray<string> => {
  const all = new Discrepancies(JSON.parse(text) as Document)
  for (const operation of wireOperations) all.operation(operation)
  return [...all.found]
}

describe("the OpenAPI document, beside the published API", () => {
  it("has its 35 operations, and differs in nothing that has no reason", () => {
    assert.strictEqual(wireOperations.length, 35)
    assert.deepStrictEqual(
      discrepancies().filter((each) => deviationOf(each) === undefined),
      []
    )
  })

  it("still differs in everything that is on the list", () => {
    const found = discrepancies()
    const stale = deviations.flatMap(({ of }) =>
      of.filter(
        (pattern) => !found.some((each) => (typeof pattern === "string" ? pattern === each : pattern.test(each)))
      )
    )
    assert.deepStrictEqual(stale, [])
  })

  it.each([
    ["a renamed path", '"/audiences/{audienceId}/count"', '"/audiences/{audienceId}/size"'],
    ["another name of a path parameter", '"name":"ruleId"', '"name":"rule"'],
    ["a missing field", '"loyaltyBalance":{"type":"number","default":0}', '"loyalty":{"type":"number","default":0}'],
    ["a missing default", '{"type":"boolean","default":false}', '{"type":"boolean"}'],
    [
      "a field that is no longer nullable",
      '"iconName":{"anyOf":[{"type":"string"},{"type":"null"}]}',
      '"iconName":{"type":"string"}'
    ],
    ["another type", '"pointsRemaining":{"type":"number"}', '"pointsRemaining":{"type":"integer"}'],
    ["a missing format", '"uploadUrl":{"type":"string"}', '"uploadUrl":{"type":"string","format":"uri"}'],
    ["a missing value", '"enum":["PENDING","SUCCESS","FAILED"]', '"enum":["PENDING","SUCCESS"]'],
    ["a field that turned optional", '"required":["endCursor","startCursor"]', '"required":["endCursor"]'],
    ["a field that turned required", '"required":["name","type"]', '"required":["name","type","metadata"]'],
    ["a new required field", '"required":["consumers"]', '"required":["consumers","reason"]'],
    ["a missing status", '"403":{', '"418":{'],
    ["an open operation", '"security":[{"bearer":[]}],"responses"', '"security":[],"responses"'],
    ["a member of a union that is gone", '{"$ref":"#/components/schemas/DrawActivity"},', ""],
    ["scalars that lost a kind", '{"type":"boolean"},{"type":"null"}', '{"type":"null"}']
  ])("would not hide %s", (_, from, to) => {
    assert.include(documentText, from)
    const added = discrepancies(documentText.replaceAll(from, to)).filter((each) => deviationOf(each) === undefined)
    assert.isAbove(added.length, 0)
  })
})
