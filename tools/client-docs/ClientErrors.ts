import { Api } from "@audiences/domain/api/Api"
import { SchemaAST } from "effect"
import { HttpApi } from "effect/http-api"

export interface ContractError {
  readonly tag: string
  readonly status: number
  /** As the server says it; empty if that differs from host to host. */
  readonly text: string
}

const literalOf = (ast: SchemaAST.AST, name: string): string => {
  const type = SchemaAST.isObjects(ast)
    ? ast.propertySignatures.find((property) => property.name === name)?.type
    : undefined
  return type !== undefined && SchemaAST.isLiteral(type) ? String(type.literal) : ""
}

/** The fields of an error: those of a class are behind its constructor. */
const fieldsOf = (ast: SchemaAST.AST): SchemaAST.AST => {
  const typed = SchemaAST.toType(ast)
  return SchemaAST.isDeclaration(typed) && typed.typeParameters[0] !== undefined ? typed.typeParameters[0] : typed
}

/** The errors of the contract, each once, by status and name. */
export const contractErrors = (): ReadonlyArray<ContractError> => {
  const found = new Map<string, ContractError>()
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ errors }) => {
      for (const [status, schemas] of errors)
        for (const { ast } of schemas) {
          const fields = fieldsOf(ast)
          const tag = literalOf(fields, "_tag")
          if (tag !== "") found.set(tag, { tag, status, text: literalOf(fields, "error") })
        }
    }
  })
  return [...found.values()].sort((a, b) => a.status - b.status || (a.tag < b.tag ? -1 : 1))
}
