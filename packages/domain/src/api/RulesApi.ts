import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AudienceArchived, AudienceNotFound } from "../Audience.ts"
import { AudienceId } from "../AudienceId.ts"
import { Rule, RuleId, RuleInput, RuleNotFound, RulesReplace, RuleUpdate } from "../Rule.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

const audience = { audienceId: AudienceId }
const rule = { audienceId: AudienceId, ruleId: RuleId }

export class RulesApi extends HttpApiGroup.make("rules")
  .add(
    HttpApiEndpoint.get("list", "/", {
      params: audience,
      success: Schema.Array(Rule),
      error: AudienceNotFound
    }).annotate(OpenApi.Summary, "List the rules"),
    HttpApiEndpoint.post("create", "/", {
      params: audience,
      payload: RuleInput,
      success: Rule,
      error: [ValidationError, AudienceNotFound, AudienceArchived]
    }).annotate(OpenApi.Summary, "Add a rule"),
    HttpApiEndpoint.put("replace", "/", {
      params: audience,
      payload: RulesReplace,
      success: Schema.Array(Rule),
      error: [ValidationError, AudienceNotFound, AudienceArchived]
    }).annotate(OpenApi.Summary, "Replace all rules"),
    HttpApiEndpoint.get("get", "/:ruleId", {
      params: rule,
      success: Rule,
      error: [AudienceNotFound, RuleNotFound]
    }).annotate(OpenApi.Summary, "Read a rule"),
    HttpApiEndpoint.put("update", "/:ruleId", {
      params: rule,
      payload: RuleUpdate,
      success: Rule,
      error: [ValidationError, AudienceNotFound, RuleNotFound, AudienceArchived]
    }).annotate(OpenApi.Summary, "Change a rule"),
    HttpApiEndpoint.delete("remove", "/:ruleId", {
      params: rule,
      success: Rule,
      error: [AudienceNotFound, RuleNotFound, AudienceArchived]
    }).annotate(OpenApi.Summary, "Remove a rule")
  )
  .prefix("/audiences/:audienceId/rules")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(
    OpenApi.annotations({ title: "Rules", description: "What makes a consumer a member of a DYNAMIC audience" })
  ) {}
