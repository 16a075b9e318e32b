import { Evaluator } from "@audiences/engine/memberships/Evaluator"
import { PgClient } from "@effect/sql-pg"
import { DateTime, Effect, Layer, Redacted } from "effect"
import { evaluate } from "../memberships/Evaluation.ts"
import { type ColumnOptions, Columns } from "./Columns.ts"

/** Evaluation over columns in memory; by PostgreSQL where they do not fit, or fail. */
export const EvaluatorColumns = (options: Omit<ColumnOptions, "url">) =>
  Layer.effect(
    Evaluator,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const url = Redacted.value(sql.config.url ?? Redacted.make(""))
      const columns = yield* Effect.acquireRelease(
        Effect.sync(() => new Columns({ ...options, url })),
        (opened) => Effect.promise(() => opened.close())
      )
      return Evaluator.of({
        evaluate: Effect.fn("Evaluator.evaluate")(function* (organizationId, condition, now) {
          const evaluation = yield* Effect.tryPromise(() =>
            columns.evaluate(organizationId, condition, DateTime.toEpochMillis(now))
          ).pipe(
            Effect.catch((error) =>
              Effect.as(Effect.logWarning("Columns failed; PostgreSQL evaluates in their place", error), undefined)
            )
          )
          if (evaluation === null)
            yield* Effect.logInfo(
              "Columns do not fit into AUDIENCES_COLUMN_MEMORY; PostgreSQL evaluates in their place"
            )
          return evaluation ?? (yield* Effect.orDie(evaluate(sql, organizationId, condition, now)))
        })
      })
    })
  )
