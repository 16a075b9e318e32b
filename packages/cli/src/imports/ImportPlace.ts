import { Effect } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { ImportId, ImportListQuery } from "@audiences/domain/Import"

/** Where files are brought: into an audience, or into the consumers or orders without one. */
export type ImportPlace =
  | { readonly _tag: "Audience"; readonly audienceId: AudienceId }
  | { readonly _tag: "Consumers" }
  | { readonly _tag: "Orders" }

/** A command of the place, to be typed. */
export const typedCommand = (place: ImportPlace, verb: string, importId: ImportId): string => {
  switch (place._tag) {
    case "Audience":
      return `audiences imports ${verb} ${place.audienceId} ${importId}`
    case "Consumers":
      return `audiences consumers imports ${verb} ${importId}`
    case "Orders":
      return `audiences orders imports ${verb} ${importId}`
  }
}

/** What can be asked of the imports of a place. */
export const importsOf = Effect.fnUntraced(function* (place: ImportPlace) {
  const { consumerImports, imports, orderImports } = yield* AudiencesClient
  if (place._tag === "Audience") {
    const { audienceId } = place
    return {
      list: (query: ImportListQuery) => imports.list({ params: { audienceId }, query }),
      get: (importId: ImportId) => imports.get({ params: { audienceId, importId } }),
      errors: (importId: ImportId) => imports.errors({ params: { audienceId, importId } }),
      cancel: (importId: ImportId) => imports.cancel({ params: { audienceId, importId } }),
      undo: (importId: ImportId) => imports.undo({ params: { audienceId, importId } })
    }
  }
  const files = place._tag === "Consumers" ? consumerImports : orderImports
  return {
    list: (query: ImportListQuery) => files.list({ query }),
    get: (importId: ImportId) => files.get({ params: { importId } }),
    errors: (importId: ImportId) => files.errors({ params: { importId } }),
    cancel: (importId: ImportId) => files.cancel({ params: { importId } }),
    undo: (importId: ImportId) => files.undo({ params: { importId } })
  }
})
