#!/usr/bin/env node
// Starts the bundle. It stands in the repository, so that npm can link the command before anything has been built.
import { existsSync } from "node:fs"
import * as nodeModule from "node:module"
import { fileURLToPath } from "node:url"

const oldestNode = "22.19"
const bundle = new URL("../dist/bin.js", import.meta.url)

/** A Node that was installed with the packages, in this repository or beside this package. */
const installedNode = () =>
  ["../../../node_modules/.bin/node", "../../../.bin/node"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find(existsSync)

/** Whether this Node is older, by its major and minor number. */
const tooOld = () => {
  const [major, minor] = process.versions.node.split(".").map(Number)
  const [leastMajor, leastMinor] = oldestNode.split(".").map(Number)
  return major < leastMajor || (major === leastMajor && minor < leastMinor)
}

if (tooOld()) {
  const node = installedNode()
  if (node !== undefined && process.env.AUDIENCES_NODE === undefined) {
    const { spawnSync } = await import("node:child_process")
    const { signal, status } = spawnSync(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      stdio: "inherit",
      env: { ...process.env, AUDIENCES_NODE: node }
    })
    process.exit(signal === null ? (status ?? 1) : 1)
  }
  console.error(`audiences needs Node ${oldestNode} or later; this is ${process.versions.node}.`)
  process.exit(1)
}
if (!existsSync(bundle)) {
  console.error("audiences has not been built yet: run `npm run build` first.")
  process.exit(1)
}
// Compiled code is kept between runs, which more than halves the time to start.
nodeModule.enableCompileCache?.()
await import(bundle.href)
