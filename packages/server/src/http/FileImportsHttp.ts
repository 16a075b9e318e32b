import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import type { ImportId, ImportQuery } from "@audiences/domain/Import"
import { FileImports, type FileTarget } from "@audiences/engine/imports/FileImports"
import { Effect, Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"

/** What is asked of imports of one target. */
const handlersOf = Effect.fnUntraced(function* (target: FileTarget) {
  const imports = yield* FileImports
  return {
    create: ({ query }: { readonly query: ImportQuery }) =>
      Effect.flatMap(CurrentActor, (actor) => imports.create(actor, target, query)),
    latest: () => Effect.flatMap(CurrentActor, ({ organizationId }) => imports.latest(organizationId, target)),
    get: ({ params }: { readonly params: { readonly importId: ImportId } }) =>
      Effect.flatMap(CurrentActor, ({ organizationId }) => imports.get(organizationId, target, params.importId))
  }
})

export const FileImportsHttp = Layer.merge(
  HttpApiBuilder.group(Api, "consumerImports", (handlers) =>
    Effect.map(handlersOf({ _tag: "Consumers" }), (all) => handlers.handleAll(all))
  ),
  HttpApiBuilder.group(Api, "orderImports", (handlers) =>
    Effect.map(handlersOf({ _tag: "Orders" }), (all) => handlers.handleAll(all))
  )
)
