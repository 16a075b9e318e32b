import { Effect } from "effect"
import { ListNotFound } from "./Connector.ts"

/** A list's id as one segment of a path. What would lead to another path is no id. */
export const listPath = (name: string, listId: string): Effect.Effect<string, ListNotFound> =>
  listId === "" || listId === "." || listId === ".." || !listId.isWellFormed()
    ? Effect.fail(new ListNotFound({ message: `${name} has no such list` }))
    : Effect.succeed(encodeURIComponent(listId))
