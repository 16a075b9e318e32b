import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Settings, SettingsUpdate } from "../Settings.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

export class SettingsApi extends HttpApiGroup.make("settings")
  .add(
    HttpApiEndpoint.get("get", "/", { success: Settings })
      .annotate(OpenApi.Summary, "Read the settings")
      .annotateMerge(OpenApi.annotations({ description: "Extension." })),
    HttpApiEndpoint.put("update", "/", { payload: SettingsUpdate, success: Settings, error: ValidationError })
      .annotate(OpenApi.Summary, "Change the settings")
      .annotateMerge(OpenApi.annotations({ description: "Extension: an absent key leaves the value." }))
  )
  .prefix("/settings")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "Settings", description: "What an organization has chosen" })) {}
