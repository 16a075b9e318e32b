import { Schema, SchemaAST } from "effect"

/*
 * What a client reads an answer with. The contract's own schemas also say what a caller may send, and a host that knows more than
 * this version would fail them: here a name that is not listed is read as the text it is, a kind of thing that is not listed as the
 * object it is, and no bound is checked, since a client can do nothing about a value that breaks it.
 */

const isText = (ast: SchemaAST.AST): boolean => SchemaAST.isLiteral(ast) && typeof ast.literal === "string"

const withEncodingOf = (ast: SchemaAST.AST): SchemaAST.Encoding | undefined => {
  if (ast.encoding === undefined) return undefined
  const [first, ...rest] = ast.encoding.map(
    ({ to, transformation }) => new SchemaAST.Link(tolerant(to), transformation)
  )
  return first === undefined ? undefined : [first, ...rest]
}

const text = (ast: SchemaAST.AST) => new SchemaAST.String(ast.annotations, undefined, withEncodingOf(ast), ast.context)

const objects = (ast: SchemaAST.Objects, typeOf: (property: SchemaAST.PropertySignature) => SchemaAST.AST) =>
  new SchemaAST.Objects(
    ast.propertySignatures.map((property) => new SchemaAST.PropertySignature(property.name, typeOf(property))),
    ast.indexSignatures.map(({ parameter, type }) => new SchemaAST.IndexSignature(parameter, tolerant(type))),
    ast.annotations,
    undefined,
    withEncodingOf(ast),
    ast.context
  )

const literalOf = (ast: SchemaAST.AST, name: PropertyKey): unknown => {
  if (!SchemaAST.isObjects(ast)) return undefined
  const type = ast.propertySignatures.find((property) => property.name === name)?.type
  return type !== undefined && SchemaAST.isLiteral(type) ? type.literal : undefined
}

/** The property that tells the objects of a union apart, such as `type`. */
const tagOf = (types: ReadonlyArray<SchemaAST.AST>): PropertyKey | undefined => {
  const tagged = types.filter(SchemaAST.isObjects)
  if (tagged.length < 2) return undefined
  return tagged[0]?.propertySignatures.find(({ name }) => tagged.every((ast) => literalOf(ast, name) !== undefined))
    ?.name
}

/** An object of a kind that is none of `known`, as it is. */
const otherKind = (tag: PropertyKey, known: ReadonlyArray<unknown>): SchemaAST.AST => {
  const unlisted = Schema.String.check(Schema.makeFilter((kind) => !known.includes(kind)))
  return new SchemaAST.Objects(
    [new SchemaAST.PropertySignature(tag, unlisted.ast)],
    [new SchemaAST.IndexSignature(SchemaAST.string, SchemaAST.unknown)]
  )
}

const union = (ast: SchemaAST.Union): SchemaAST.AST => {
  const tag = tagOf(ast.types)
  const names = ast.types.filter(isText)
  const members = ast.types.filter((type) => !isText(type))
  const known = members.map((type) =>
    tag !== undefined && SchemaAST.isObjects(type)
      ? objects(type, ({ name, type }) => (name === tag ? type : tolerant(type)))
      : tolerant(type)
  )
  const types = [
    ...(names.length > 0 ? [SchemaAST.string] : []),
    ...known,
    ...(tag === undefined
      ? []
      : [
          otherKind(
            tag,
            ast.types.map((type) => literalOf(type, tag))
          )
        ])
  ]
  return new SchemaAST.Union(types, ast.options, ast.annotations, undefined, withEncodingOf(ast), ast.context)
}

const opened = (ast: SchemaAST.AST): SchemaAST.AST => {
  switch (ast._tag) {
    case "String":
      return text(ast)
    case "Literal":
      return isText(ast) ? text(ast) : ast
    case "Union":
      return union(ast)
    case "Objects":
      return objects(ast, ({ type }) => tolerant(type))
    case "Arrays":
      return new SchemaAST.Arrays(
        ast.isMutable,
        ast.elements.map(tolerant),
        ast.rest.map(tolerant),
        ast.annotations,
        undefined,
        withEncodingOf(ast),
        ast.context
      )
    case "Suspend":
      return new SchemaAST.Suspend(
        () => tolerant(ast.thunk()),
        ast.annotations,
        undefined,
        withEncodingOf(ast),
        ast.context
      )
    default:
      return ast
  }
}

const found = new WeakMap<SchemaAST.AST, SchemaAST.AST>()

const tolerant = (ast: SchemaAST.AST): SchemaAST.AST => {
  const before = found.get(ast)
  if (before !== undefined) return before
  const after = opened(ast)
  found.set(ast, after)
  return after
}

/** Decodes what `schema` decodes, and more. Its type stays that of the contract: a `switch` over names needs a default. */
export const tolerantSchema = <S extends Schema.Top>(schema: S): S => {
  const ast = tolerant(schema.ast)
  return ast === schema.ast ? schema : Schema.make<S>(ast as S["ast"])
}
