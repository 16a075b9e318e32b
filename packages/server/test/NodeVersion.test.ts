import { assert, describe, it } from "@effect/vitest"
import { refusedNode } from "@audiences/server/NodeVersion"

describe("the Node of the server", () => {
  it("is refused when it is too old, with how to start it", () => {
    for (const version of ["18.20.0", "20.20.2", "22.18.9"]) {
      assert.include(refusedNode(version), `this is ${version}`)
      assert.include(refusedNode(version), "npm start")
    }
  })

  it("is taken from 22.19", () => {
    for (const version of ["22.19.0", "22.20.1", "23.0.0", "24.21.0"]) assert.isUndefined(refusedNode(version))
  })
})
