import { openApiDocument } from "@audiences/domain/api/OpenApiDocument"
import ts from "typescript"
import { declared, docOf } from "./SourceFile.ts"

export interface Operation {
  /** `list(query?)` */
  readonly call: string
  /** `GET /audiences`; empty if it is made of several. */
  readonly request: string
  readonly answer: string
  readonly doc: string
}

export interface Group {
  readonly name: string
  readonly doc: string
  readonly operations: ReadonlyArray<Operation>
}

interface Declared {
  readonly operationId: string
  readonly summary?: string
}

/** The contract's operations by their names: request and summary. */
const contract = (): ReadonlyMap<string, { readonly request: string; readonly summary: string }> => {
  const paths = openApiDocument().paths as Readonly<Record<string, Readonly<Record<string, Declared>>>>
  return new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId, summary = "" }]) => [
        operationId,
        { request: `${method.toUpperCase()} ${path}`, summary }
      ])
    )
  )
}

const callOf = (name: string, { parameters }: ts.ArrowFunction): string => {
  const names = parameters.map((each) => `${each.name.getText()}${each.initializer === undefined ? "" : "?"}`)
  return `${name}(${names.join(", ")})`
}

/** What it answers with, as far as the source says: `AudienceFull`, `Rule[]`, pages of `Consumer`. */
const answerOf = ({ body }: ts.ArrowFunction): string => {
  const text = body.getText()
  const named = /^calls\.(call|list)<((?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*)>/.exec(text)
  const type = (named?.[2] ?? "").replace(/^Resource<typeof (\w+)>.*$/s, "$1")
  const model = type.replace(/^ReadonlyArray<Resource<typeof (\w+)>>$/, "$1[]")
  if (text.startsWith("calls.bytes")) return "bytes, as a `ReadableStream`"
  if (named === null)
    return text.replace(/^(?:new (\w+)\()?.*$/s, (_, made?: string) => (made === undefined ? "" : `\`${made}\``))
  return named[1] === "list" ? `pages of \`${model}\`` : `\`${model}\``
}

/** The operations of a group: its object's, and those that the object is made of. */
const operationsOf = (group: ts.Node): ReadonlyArray<ts.PropertyAssignment> => {
  const found: Array<ts.PropertyAssignment> = []
  const visit = (node: ts.Node): void => {
    if (!ts.isObjectLiteralExpression(node)) return ts.forEachChild(node, visit)
    for (const property of node.properties)
      if (ts.isPropertyAssignment(property) && ts.isArrowFunction(property.initializer)) found.push(property)
  }
  visit(group)
  return found
}

const groupOf = (name: string, operations: ReturnType<typeof contract>): Group => {
  const group = declared(`promise/operations/${name[0]?.toUpperCase()}${name.slice(1)}.ts`, `${name}Of`)
  return {
    name,
    doc: docOf(group),
    operations: operationsOf(group).flatMap((property) => {
      if (!ts.isArrowFunction(property.initializer)) return []
      const operation = property.name.getText()
      const { request, summary } = operations.get(`${name}.${operation}`) ?? { request: "", summary: "" }
      return [
        {
          call: callOf(operation, property.initializer),
          request,
          answer: answerOf(property.initializer),
          doc: [summary === "" ? "" : `${summary}.`, docOf(property)].filter((part) => part !== "").join(" ")
        }
      ]
    })
  }
}

/** What the Promise client can do, in the order of its source. */
export const groups = (): ReadonlyArray<Group> => {
  const operations = contract()
  const client = declared("promise.ts", "AudiencesClient")
  if (!ts.isClassDeclaration(client)) throw new Error("AudiencesClient is no class")
  return client.members
    .filter(ts.isPropertyDeclaration)
    .filter((member) => ts.isIdentifier(member.name))
    .map((member) => groupOf(member.name.getText(), operations))
}
