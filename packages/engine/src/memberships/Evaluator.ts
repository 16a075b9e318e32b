import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, type DateTime, type Effect } from "effect"
import type { Condition } from "../rules/Condition.ts"
import type { Evaluation } from "./MembershipRepo.ts"

/** Finds the consumers of whom a condition holds. */
export class Evaluator extends Context.Service<
  Evaluator,
  {
    /** Asks the condition of every live consumer, at a position of the change feed that is not before what was committed when it was called. */
    readonly evaluate: (
      organizationId: OrganizationId,
      condition: Condition,
      now: DateTime.Utc
    ) => Effect.Effect<Evaluation>
  }
>()("@audiences/engine/Evaluator") {}
