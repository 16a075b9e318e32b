import { Schema } from "effect"
import { Argument, Flag } from "effect/cli"
import { ApiKeyId } from "@audiences/domain/ApiKey"
import { AudienceGroupId } from "@audiences/domain/AudienceGroup"
import { AudienceId } from "@audiences/domain/AudienceId"
import { ConsumerId } from "@audiences/domain/Consumer"
import { ImportId } from "@audiences/domain/Import"
import { OrganizationId } from "@audiences/domain/Organization"
import { RuleId } from "@audiences/domain/Rule"
import { SyncSourceId } from "@audiences/domain/SyncSource"

/** An audience, by id. */
export const audienceArgument = Argument.String("audience").pipe(
  Argument.filterMap(
    Schema.decodeUnknownOption(AudienceId),
    (text) =>
      `Expected the id of an audience. \`audiences list --search ${JSON.stringify(text)}\` finds one by its name.`
  ),
  Argument.withDescription("Id of an audience")
)

export const consumerArgument = Argument.String("consumer").pipe(
  Argument.filterMap(
    Schema.decodeUnknownOption(ConsumerId),
    (text) =>
      `Expected the id of a consumer. \`audiences consumers list --search ${JSON.stringify(text)}\` finds one by name or email.`
  ),
  Argument.withDescription("Id of a consumer")
)

/** Things that lists show the ids of. */
const idArgument = <A>(name: string, what: string, schema: Schema.ConstraintDecoder<A>, listing: string) =>
  Argument.String(name).pipe(
    Argument.filterMap(
      Schema.decodeUnknownOption(schema as Schema.ConstraintDecoder<A>),
      () => `Expected the id of ${what}. \`audiences ${listing}\` shows them.`
    ),
    Argument.withDescription(`Id of ${what}`)
  )

export const keyArgument = idArgument("key", "an API key", ApiKeyId, "keys list")
export const organizationArgument = idArgument("organization", "an organization", OrganizationId, "organizations list")
export const ruleArgument = idArgument("rule", "a rule", RuleId, "rules list <audience>")
export const importArgument = idArgument("import", "an import", ImportId, "imports list <audience>")
export const fileImportArgument = (nouns: "consumers" | "orders") =>
  idArgument("import", "an import", ImportId, `${nouns} imports list`)
export const syncSourceArgument = idArgument("source", "a sync source", SyncSourceId, "sync-sources list")
export const groupArgument = idArgument("group", "a group of audiences", AudienceGroupId, "list --json")

export const groupFlag = Flag.String("group").pipe(
  Flag.filterMap(Schema.decodeUnknownOption(AudienceGroupId), () => "Expected the id of a group"),
  Flag.withMetavar("id"),
  Flag.withDescription("Only of this group")
)

/** One consumer or more. */
export const consumersArgument = consumerArgument.pipe(Argument.variadic({ min: 1 }))
