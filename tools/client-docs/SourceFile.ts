import { readFileSync } from "node:fs"
import ts from "typescript"

const folder = new URL("../../packages/client/src/", import.meta.url)

/** A source file of the client, without types: what it says, not what it means. */
export const sourceFile = (name: string): ts.SourceFile =>
  ts.createSourceFile(name, readFileSync(new URL(name, folder), "utf8"), ts.ScriptTarget.Latest, true)

/** The docstring of a declaration in one line; empty if it has none. */
export const docOf = (node: ts.Node): string => {
  const doc = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)
  return (ts.getTextOfJSDocComment(doc?.comment) ?? "").replace(/\s*\n\s*/g, " ").trim()
}

const missing = (what: string) => new Error(`the client has no ${what} any more: tools/client-docs/ names it`)

/** A declaration at the top of a file by its name. */
export const declared = (file: string, name: string): ts.Node => {
  const source = sourceFile(file)
  for (const statement of source.statements) {
    if (ts.isVariableStatement(statement)) {
      if (statement.declarationList.declarations.some((each) => each.name.getText(source) === name)) return statement
    } else if (
      (ts.isInterfaceDeclaration(statement) ||
        ts.isClassDeclaration(statement) ||
        ts.isTypeAliasDeclaration(statement) ||
        ts.isFunctionDeclaration(statement)) &&
      statement.name?.text === name
    )
      return statement
  }
  throw missing(`${name} in ${file}`)
}

export interface Member {
  readonly name: string
  readonly type: string
  readonly doc: string
}

/** The properties of an interface. */
export const membersOf = (file: string, name: string): ReadonlyArray<Member> => {
  const node = declared(file, name)
  if (!ts.isInterfaceDeclaration(node)) throw missing(`interface ${name}`)
  return node.members.filter(ts.isPropertySignature).map((member) => ({
    name: member.name.getText(),
    type: member.type?.getText() ?? "",
    doc: docOf(member)
  }))
}

/** The static members of a class that have a docstring: its layers. */
export const staticsOf = (file: string, name: string): ReadonlyArray<Member> => {
  const node = declared(file, name)
  if (!ts.isClassDeclaration(node)) throw missing(`class ${name}`)
  return node.members
    .filter(ts.isPropertyDeclaration)
    .filter((member) => member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) === true)
    .map((member) => ({ name: member.name.getText(), type: "", doc: docOf(member) }))
}

/** The names that a type is one of. */
export const namesOf = (file: string, name: string): ReadonlyArray<string> => {
  const node = declared(file, name)
  if (!ts.isTypeAliasDeclaration(node) || !ts.isUnionTypeNode(node.type)) throw missing(`union ${name}`)
  return node.type.types.map((type) => type.getText().replace(/^"|"$/g, ""))
}
