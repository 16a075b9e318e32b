import { type Schema, SchemaAST } from "effect"

const noOptions = {}

/** All checks of a schema; those in groups, too. */
const filtersOf = (checks: ReadonlyArray<SchemaAST.Check<never>>): ReadonlyArray<SchemaAST.Filter<never>> =>
  checks.flatMap((check) => (check._tag === "Filter" ? [check] : filtersOf(check.checks)))

/** The type of a nullable one. */
const known = (ast: SchemaAST.AST): SchemaAST.AST => {
  if (ast._tag !== "Union" || ast.checks !== undefined) return ast
  const types = ast.types.filter(({ _tag }) => _tag !== "Null")
  return types.length === 1 ? types[0]! : ast
}

/**
 * A quick test for texts and numbers that a schema surely takes as they are: it runs the schema's own checks and nothing else, where
 * decoding would cost ten times as much for every cell of a file. What it does not take is the schema's to judge, and to explain.
 */
export const isSurely = (schema: Schema.ConstraintDecoder<unknown>): ((value: unknown) => boolean) => {
  const ast = known(schema.ast)
  const type = ast._tag === "String" ? "string" : ast._tag === "Number" ? "number" : undefined
  if (type === undefined || ast.encoding !== undefined) return () => false
  const filters = filtersOf((ast.checks ?? []) as ReadonlyArray<SchemaAST.Check<never>>)
  return (value) => {
    if (typeof value !== type) return false
    for (const filter of filters) {
      if (filter.run(value as never, ast, noOptions) !== undefined) return false
    }
    return true
  }
}
