import { DocumentedApi, openApiDocument } from "@audiences/domain/api/OpenApiDocument"
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import * as HttpApiSwagger from "effect/http-api/HttpApiSwagger"
import { SqlClient } from "effect/sql"

/** A database that has not answered by then is of no use to a caller. */
const patience = "2 seconds"

const ready = Effect.map(SqlClient.SqlClient, (sql) =>
  sql`SELECT 1`.pipe(
    Effect.timeout(patience),
    Effect.match({
      onSuccess: () => HttpServerResponse.jsonUnsafe({ status: "ready" }),
      onFailure: () =>
        HttpServerResponse.jsonUnsafe(
          { status: "unavailable", reason: "The database does not answer" },
          { status: 503 }
        )
    })
  )
)

/** Whether the process lives, and whether it can do its work. */
export const HealthHttp = HttpRouter.use((router) =>
  Effect.gen(function* () {
    yield* router.add("GET", "/health/live", HttpServerResponse.jsonUnsafe({ status: "live" }))
    yield* router.add("GET", "/health/ready", yield* ready)
  })
)

const DocumentHttp = HttpRouter.use((router) =>
  Effect.gen(function* () {
    yield* router.add("GET", "/openapi.json", HttpServerResponse.jsonUnsafe(openApiDocument()))
    yield* router.add("GET", "/", HttpServerResponse.redirect("/docs"))
  })
)

/** Lets the page load nothing and call nobody but this server, whatever a later version of its scripts may want. */
const ownHostOnly = HttpRouter.middleware((app) =>
  Effect.map(
    app,
    HttpServerResponse.setHeader(
      "content-security-policy",
      "default-src 'self' 'unsafe-inline' data:; frame-ancestors 'none'"
    )
  )
).layer

export const DocsHttp = Layer.merge(
  DocumentHttp,
  Layer.provide(HttpApiSwagger.layer(DocumentedApi, { path: "/docs" }), ownHostOnly)
)
