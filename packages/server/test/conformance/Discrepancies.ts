import { nameOf, resolved, type WireConstraints, type WireOperation, type WireType } from "./Wire.ts"

/** A JSON Schema of the OpenAPI document, or a part of it. */
type Json = Readonly<Record<string, unknown>>
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Json>> }
}

/** What a type may be, unions in unions laid open. */
const membersOf = (type: WireType): ReadonlyArray<WireType> => {
  const { type: target } = resolved(type)
  return target.kind === "union" ? target.of.flatMap(membersOf) : [type]
}

/** All that is different between the published API and a document of ours, each as one sentence that stays the same while nothing changes. */
export class Discrepancies {
  readonly found = new Set<string>()
  readonly #document: Document

  constructor(document: Document) {
    this.#document = document
  }

  operation(wire: WireOperation): void {
    const name = nameOf(wire)
    const ours = this.#document.paths[wire.path]?.[wire.method.toLowerCase()]
    if (ours === undefined) return this.#note(name, "missing")
    if (JSON.stringify(ours.security) !== '[{"bearer":[]}]') this.#note(name, "no bearer authentication")
    this.#parameters(wire, name, ours)
    this.#request(wire, name, ours)
    this.#responses(wire, name, ours)
  }

  #note(place: string, what: string): void {
    this.found.add(`${place}: ${what}`)
  }

  #parameters(wire: WireOperation, name: string, ours: Json): void {
    const parameters = (ours.parameters ?? []) as ReadonlyArray<Json>
    const inPath = parameters.filter((parameter) => parameter.in === "path")
    if (JSON.stringify(inPath.map((each) => each.name).sort()) !== JSON.stringify([...wire.pathParams].sort()))
      this.#note(name, `path parameters ${inPath.map((each) => each.name).join(", ")}`)
    for (const { name: parameter, required, schema } of inPath) {
      if (required !== true) this.#note(name, `path parameter ${String(parameter)} is optional`)
      this.#type(`path parameter ${String(parameter)}`, { kind: "string" }, false, {}, schema as Json)
    }
    for (const parameter of parameters) {
      if (parameter.in === "path") continue
      this.#note(
        name,
        `${parameter.required === true ? "required " : ""}${String(parameter.in)} parameter ${String(parameter.name)}`
      )
    }
  }

  #request(wire: WireOperation, name: string, { requestBody }: Json): void {
    if (wire.request === null || requestBody === undefined) {
      if ((wire.request === null) !== (requestBody === undefined)) this.#note(name, "a body on one side only")
      return
    }
    const body = requestBody as { readonly required?: boolean; readonly content: Readonly<Record<string, Json>> }
    if (body.required !== true) this.#note(name, "the body is optional")
    this.#content(`${name} body`, wire.request, body.content)
  }

  #responses(wire: WireOperation, name: string, ours: Json): void {
    const responses = ours.responses as Readonly<Record<string, { readonly content?: Readonly<Record<string, Json>> }>>
    for (const status of Object.keys(wire.responses))
      if (responses[status] === undefined) this.#note(name, `no answer ${status}`)
    for (const [status, { content = {} }] of Object.entries(responses)) {
      const published = wire.responses[status]
      if (published === undefined) this.#note(name, `also answers ${status}`)
      // The texts of 401, 403 and 500 are published as strings, those of other errors not at all.
      this.#content(`${name} ${status}`, published ?? { kind: "ref", name: "Error" }, content)
    }
  }

  #content(place: string, wire: WireType, content: Readonly<Record<string, Json>>): void {
    const types = Object.keys(content)
    if (JSON.stringify(types) !== '["application/json"]') this.#note(place, `is ${types.join(", ")}`)
    const schema = content["application/json"]?.schema as Json | undefined
    if (schema !== undefined) this.#type(place, wire, false, {}, schema)
  }

  /** Follows references and takes `null` out of a union. */
  #shape(schema: Json): { readonly nullable: boolean; readonly schemas: ReadonlyArray<Json> } {
    if (typeof schema.$ref === "string") {
      const target = this.#document.components.schemas[schema.$ref.replace("#/components/schemas/", "")]
      if (target === undefined) throw new Error(`${schema.$ref} leads nowhere`)
      return this.#shape(target)
    }
    if (schema.type === "null") return { nullable: true, schemas: [] }
    if (!Array.isArray(schema.anyOf)) return { nullable: false, schemas: [schema] }
    const members = schema.anyOf.map((each) => this.#shape(each as Json))
    const { anyOf: _, ...rest } = schema
    return {
      nullable: members.some((member) => member.nullable),
      schemas: members.flatMap((member) => member.schemas).map((each) => ({ ...each, ...rest }))
    }
  }

  #type(place: string, reference: WireType, nullable: boolean, constraints: WireConstraints, schema: Json): void {
    const { name, type } = resolved(reference)
    const label = name ?? place
    const ours = this.#shape(schema)
    const members = membersOf(type).map((each) => resolved(each))
    const values = members.filter((member) => member.type.kind !== "null")
    const takesNull = nullable || values.length < members.length
    if (ours.nullable !== takesNull) this.#note(place, takesNull ? "never null" : "may be null")
    if (values.length === 1 && type.kind === "unknown") {
      if (ours.schemas.some((each) => Object.keys(each).length > 0)) this.#note(place, "not just any value")
      return
    }
    // More than one of ours against one of theirs: each of ours has to fit.
    if (values.length === 1)
      return ours.schemas.forEach((each) => this.#one(label, place, values[0]!.type, constraints, each))
    const kinds = (list: ReadonlyArray<string>) => [...list].sort().join(" | ")
    const published = kinds(values.map((member) => member.name ?? member.type.kind))
    const own = kinds(ours.schemas.map((each) => this.#titleOf(each)))
    if (published !== own) this.#note(place, `${own} for ${published}`)
    values.forEach((member) => {
      const same = ours.schemas.find((each) => this.#titleOf(each) === (member.name ?? member.type.kind))
      if (same !== undefined) this.#one(member.name ?? label, place, member.type, {}, same)
    })
  }

  /** The name of a component, else the kind of value. */
  #titleOf(schema: Json): string {
    const text = JSON.stringify(schema)
    const component = Object.entries(this.#document.components.schemas).find(
      ([, each]) => JSON.stringify(each) === text
    )
    return component?.[0] ?? String(schema.type)
  }

  #one(label: string, place: string, wire: WireType, constraints: WireConstraints, schema: Json): void {
    const { additionalProperties, enum: values, items, properties, required, type, ...keywords } = schema
    this.#keywords(place, constraints, keywords)
    if (wire.kind === "enum") {
      if (JSON.stringify(wire.values) !== JSON.stringify(values)) this.#note(label, `one of ${JSON.stringify(values)}`)
      return
    }
    if (values !== undefined) this.#note(place, `one of ${JSON.stringify(values)}`)
    if (type !== wire.kind) return this.#note(place, `${String(type)} for ${wire.kind}`)
    if (wire.kind === "array") this.#type(`${label}[]`, wire.items, false, {}, (items ?? {}) as Json)
    if (wire.kind !== "object") return
    if (wire.additional !== undefined && additionalProperties !== undefined)
      this.#type(`${label}{}`, wire.additional, false, {}, additionalProperties as Json)
    else if (wire.additional !== undefined && wire.additional.kind !== "unknown")
      this.#note(label, "says nothing of other keys")
    this.#fields(label, wire, (properties ?? {}) as Readonly<Record<string, Json>>, (required ?? []) as Array<string>)
  }

  #keywords(place: string, constraints: WireConstraints, keywords: Json): void {
    const { title: _, description: __, ...rules } = keywords
    for (const keyword of new Set([...Object.keys(constraints), ...Object.keys(rules)])) {
      const [published, own] = [constraints[keyword as keyof WireConstraints], rules[keyword]]
      if (JSON.stringify(published) === JSON.stringify(own)) continue
      this.#note(place, own === undefined ? `no ${keyword}` : `${keyword} ${JSON.stringify(own)}`)
    }
  }

  #fields(
    label: string,
    wire: Extract<WireType, { readonly kind: "object" }>,
    properties: Readonly<Record<string, Json>>,
    required: ReadonlyArray<string>
  ): void {
    for (const [field, { nullable, required: isRequired, type, ...constraints }] of Object.entries(wire.fields)) {
      const place = `${label}.${field}`
      const ours = properties[field]
      if (ours === undefined) {
        this.#note(place, "missing")
        continue
      }
      if (required.includes(field) !== isRequired) this.#note(place, isRequired ? "optional" : "required")
      this.#type(place, type, nullable, constraints, ours)
    }
    for (const field of new Set([...Object.keys(properties), ...required])) {
      if (Object.hasOwn(wire.fields, field)) continue
      this.#note(`${label}.${field}`, required.includes(field) ? "required extension" : "extension")
    }
  }
}
