import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AudienceArchived, AudienceNotFound } from "../Audience.ts"
import {
  SyncSourceCreate,
  SyncSourceFull,
  SyncSourceId,
  syncSourceListQuery,
  SyncSourceNotFound,
  SyncSourcePage,
  SyncSourcePresent
} from "../SyncSource.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

const params = { id: SyncSourceId }

export class SyncSourcesApi extends HttpApiGroup.make("syncSources")
  .add(
    HttpApiEndpoint.get("list", "/", { query: syncSourceListQuery, success: SyncSourcePage, error: ValidationError })
      .annotate(OpenApi.Summary, "List sync sources")
      .annotateMerge(
        OpenApi.annotations({ description: "Extension: each with its audience and the sync that is not over." })
      ),
    HttpApiEndpoint.post("add", "/", {
      payload: SyncSourceCreate,
      success: SyncSourceFull,
      error: [ValidationError, AudienceNotFound, AudienceArchived, SyncSourcePresent]
    })
      .annotate(OpenApi.Summary, "Give an audience a sync source")
      .annotateMerge(
        OpenApi.annotations({ description: "Extension: to a SYNCED_LIST that has none. Nothing is synced yet." })
      ),
    HttpApiEndpoint.get("get", "/:id", { params, success: SyncSourceFull, error: SyncSourceNotFound })
      .annotate(OpenApi.Summary, "Read a sync source")
      .annotateMerge(OpenApi.annotations({ description: "Extension." })),
    HttpApiEndpoint.delete("remove", "/:id", { params, success: SyncSourceFull, error: SyncSourceNotFound })
      .annotate(OpenApi.Summary, "Remove a sync source")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: archives it and ends its sync. The audience keeps its members as they are, and can be given another source."
        })
      )
  )
  .prefix("/sync-sources")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(
    OpenApi.annotations({ title: "Sync sources", description: "The lists elsewhere that audiences are kept equal to" })
  ) {}
