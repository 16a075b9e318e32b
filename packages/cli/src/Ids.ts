import { Schema } from "effect"
import { Argument } from "effect/cli"
import { AudienceId } from "@audiences/domain/AudienceId"
import { ConsumerId } from "@audiences/domain/Consumer"

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

/** One consumer or more. */
export const consumersArgument = consumerArgument.pipe(Argument.variadic({ min: 1 }))
