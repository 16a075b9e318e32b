import type { ImportId } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, type Effect } from "effect"
import type { Advance, ChunkRefused, ImportChunk } from "../ImportRepo.ts"

/** Where the rows of files wait to be merged. */
export class ImportRowRepo extends Context.Service<
  ImportRowRepo,
  {
    /** Keeps the rows of a chunk, and how far the import has come with it, until they are merged. */
    readonly stage: (
      organizationId: OrganizationId,
      id: ImportId,
      chunk: ImportChunk
    ) => Effect.Effect<Advance, ChunkRefused>
  }
>()("@audiences/engine/ImportRowRepo") {}
