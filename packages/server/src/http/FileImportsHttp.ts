import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import type { ImportId, ImportListQuery, ImportQuery } from "@audiences/domain/Import"
import { FileImports, type FileTarget } from "@audiences/engine/imports/FileImports"
import { Effect, Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { rejectedRowsFile } from "./RejectedRowsFile.ts"

interface OfOne {
  readonly params: { readonly importId: ImportId }
}

/** What is asked of imports of one target. */
const handlersOf = Effect.fnUntraced(function* (target: FileTarget) {
  const imports = yield* FileImports
  return {
    create: ({ query }: { readonly query: ImportQuery }) =>
      Effect.flatMap(CurrentActor, (actor) => imports.create(actor, target, query)),
    latest: () => Effect.flatMap(CurrentActor, ({ organizationId }) => imports.latest(organizationId, target)),
    list: ({ query }: { readonly query: ImportListQuery }) =>
      Effect.flatMap(CurrentActor, ({ organizationId }) => imports.list(organizationId, target, query)),
    get: ({ params }: OfOne) =>
      Effect.flatMap(CurrentActor, ({ organizationId }) => imports.get(organizationId, target, params.importId)),
    errors: ({ params: { importId } }: OfOne) =>
      CurrentActor.pipe(
        Effect.flatMap(({ organizationId }) => imports.errors(organizationId, target, importId)),
        Effect.map((rows) => rejectedRowsFile(importId, rows))
      ),
    cancel: ({ params }: OfOne) =>
      Effect.flatMap(CurrentActor, (actor) => imports.cancel(actor, target, params.importId))
  }
})

export const FileImportsHttp = Layer.merge(
  HttpApiBuilder.group(Api, "consumerImports", (handlers) =>
    Effect.gen(function* () {
      const { undoConsumers } = yield* FileImports
      return handlers.handleAll({
        ...(yield* handlersOf({ _tag: "Consumers" })),
        undo: ({ params }) => Effect.flatMap(CurrentActor, (actor) => undoConsumers(actor, params.importId))
      })
    })
  ),
  HttpApiBuilder.group(Api, "orderImports", (handlers) =>
    Effect.gen(function* () {
      const { undoOrders } = yield* FileImports
      return handlers.handleAll({
        ...(yield* handlersOf({ _tag: "Orders" })),
        undo: ({ params }) => Effect.flatMap(CurrentActor, (actor) => undoOrders(actor, params.importId))
      })
    })
  )
)
