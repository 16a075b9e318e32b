import { Http, serve } from "@audiences/server/http/Http"
import { layer as NodeServer } from "@audiences/server/http/NodeServer"
import { Layer } from "effect"
import { PostgresTest } from "../../../tools/vitest/PostgresTest.ts"
import { FakeEngine } from "./FakeEngine.ts"

/** The HTTP side over the fake engine, on a port of its own. */
export const FakeServer = serve(Http).pipe(
  Layer.provide([FakeEngine, PostgresTest]),
  Layer.provideMerge(NodeServer({ host: "127.0.0.1", port: 0 }))
)
