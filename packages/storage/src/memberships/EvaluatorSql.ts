import { Evaluator } from "@audiences/engine/memberships/Evaluator"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { evaluate } from "./Evaluation.ts"

/** Evaluation by PostgreSQL: the reference, and what is left where columns do not fit into memory. */
export const EvaluatorSql = Layer.effect(
  Evaluator,
  Effect.map(SqlClient.SqlClient, (sql) =>
    Evaluator.of({
      evaluate: Effect.fn("Evaluator.evaluate")(
        (organizationId, condition, now) => evaluate(sql, organizationId, condition, now),
        Effect.orDie
      )
    })
  )
)
