import { openApiDocument } from "@audiences/domain/api/OpenApiDocument"

type Json = ReturnType<typeof JSON.parse>

/** An operation of the contract, published or extension, with every place of a request that may hold an id. */
export interface Operation {
  /** By group and name, such as `audiences.get`. */
  readonly name: string
  readonly method: string
  /** With its parameters in braces. */
  readonly path: string
  readonly hasBody: boolean
  /** Such as `path.audienceId`, `query.groupId`, `body.orders[].consumerId`. */
  readonly places: ReadonlyArray<string>
}

const document = JSON.parse(JSON.stringify(openApiDocument())) as Json

/** Ids by their form, and whatever else names a thing or a person. */
const identifies = (name: string, schema: Json): boolean =>
  schema.format === "uuid" || /(^id|Ids?|^email|^phone)$/.test(name)

const isNested = (schema: Json): boolean => schema.properties !== undefined || schema.items !== undefined

/** What a schema says, references followed and alternatives laid open. */
const alternatives = (schema: Json): ReadonlyArray<Json> => {
  if (schema.$ref !== undefined) return alternatives(document.components.schemas[schema.$ref.split("/").pop()])
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(alternatives)
}

const placesIn = (schema: Json, place: string, name: string): ReadonlyArray<string> =>
  alternatives(schema).flatMap((each) => [
    ...(!isNested(each) && each.type !== "null" && identifies(name, each) ? [place] : []),
    ...Object.entries(each.properties ?? {}).flatMap(([key, value]) => placesIn(value, `${place}.${key}`, key)),
    ...(each.items === undefined ? [] : placesIn(each.items, `${place}[]`, name))
  ])

export const operations: ReadonlyArray<Operation> = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
  Object.entries<Json>(methods).map(([method, { operationId, parameters = [], requestBody }]) => ({
    name: operationId,
    method: method.toUpperCase(),
    path,
    hasBody: requestBody !== undefined,
    places: [
      ...new Set<string>([
        ...parameters.flatMap((each: Json) => (identifies(each.name, each.schema) ? [`${each.in}.${each.name}`] : [])),
        ...(requestBody === undefined ? [] : placesIn(requestBody.content["application/json"].schema, "body", ""))
      ])
    ]
  }))
)
