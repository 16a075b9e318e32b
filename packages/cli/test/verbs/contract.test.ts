import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { HttpApi } from "effect/http-api"
import { Api } from "@audiences/domain/api/Api"
import { groupLoaders } from "@audiences/cli/connection/GroupLoaders"

const sources = fileURLToPath(new URL("../../src/", import.meta.url))
const code = readdirSync(sources, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => readFileSync(join(sources, name), "utf8"))
  .join("\n")

/** Operations that no verb calls by their name. */
const otherwise: Readonly<Record<string, string>> = {
  "gate.check": "`check` asks for one as for many, with gate.checkAll",
  ...Object.fromEntries(
    ["consumerImports", "orderImports"].flatMap((group) =>
      ["create", "list", "get", "errors", "cancel", "undo"].map((verb) => [
        `${group}.${verb}`,
        "the verbs of `consumers` and `orders` call the one of their group"
      ])
    )
  ),
  "consumerImports.latest": "`consumers import --watch` follows the one that it opened, with consumerImports.get",
  "orderImports.latest": "`orders import --watch` follows the one that it opened, with orderImports.get",
  "syncs.klaviyo": "`integrations import` calls the one of its vendor",
  "syncs.mailchimp": "`integrations import` calls the one of its vendor",
  "syncs.sendgrid": "`integrations import` calls the one of its vendor"
}

it("Every operation of the contract has a verb that calls it", () => {
  const operations: Array<string> = []
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, group }) => operations.push(`${group.identifier}.${endpoint.identifier}`)
  })
  const without = operations.filter((name) => !new RegExp(`\\b${name.replace(".", "\\.")}\\(`).test(code))
  assert.deepStrictEqual(without.sort(), Object.keys(otherwise).sort())
})

it("Every group of the contract is loaded under its name", async () => {
  assert.deepStrictEqual(Object.keys(groupLoaders).sort(), Object.keys(Api.groups).sort())
  for (const [name, load] of Object.entries(groupLoaders)) assert.strictEqual((await load()).identifier as string, name)
})
