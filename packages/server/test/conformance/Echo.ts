import { resolved, type WireField, type WireType } from "./Wire.ts"

/** Fields of requests that are checked and ignored: the server sets them, or they are never kept. */
const ignored = [
  "AudienceCreate.lastRefreshedAt",
  "AudienceUpdate.lastRefreshedAt",
  "SyncSourceInput.syncStatus",
  "SyncSourceInput.lastSyncedAt",
  "ConsumerCreate.verificationCode",
  "ConsumerCreate.verificationCodeExpiresAt"
]

type Fields = Readonly<Record<string, WireField>>
const fieldsOf = (type: WireType): Fields => (type.kind === "object" ? type.fields : {})

const shortest = (amount: string) =>
  amount
    .replace(/^0+(?=\d)/, "")
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "")

/** To the millisecond, what is finer cut off. */
const millis = (text: string) => Date.parse(text.replace(/(\.\d{3})\d+/, "$1"))

const same = (sent: unknown, answered: unknown, label: string, field: WireField): boolean => {
  if (typeof sent !== "string" || typeof answered !== "string")
    return JSON.stringify(canonical(sent)) === JSON.stringify(canonical(answered))
  if (label.endsWith(".name")) return sent.trim() === answered
  if (field.format === "date-time") return millis(sent) === Date.parse(answered)
  if (field.format === "uuid") return sent.toLowerCase() === answered
  if (field.pattern !== undefined) return shortest(sent) === answered
  return sent === answered
}

type Placed = { readonly position?: number | null }

/** Rules are answered in the order of their positions, those without one last. */
const inOrder = (items: ReadonlyArray<unknown>, reference: WireType): ReadonlyArray<unknown> =>
  resolved(reference).name?.startsWith("Rule") === true
    ? items.toSorted(
        (a, b) => ((a as Placed).position ?? Number.MAX_VALUE) - ((b as Placed).position ?? Number.MAX_VALUE)
      )
    : items

/** Keys of maps may come back in another order. */
const canonical = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(canonical)
    : typeof value === "object" && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, each]) => [key, canonical(each)])
        )
      : value

/**
 * Where an answer does not show what was sent. Of something new it also has to show, for every key that was not sent, the published
 * default, or null.
 */
export const echoProblems = (
  sent: unknown,
  request: WireType,
  answered: unknown,
  response: WireType,
  isNew: boolean
): ReadonlyArray<string> => {
  const [{ name, type: requestType }, { type: responseType }] = [resolved(request), resolved(response)]
  if (Array.isArray(answered) && responseType.kind === "array") {
    const [only] = Object.entries(fieldsOf(requestType))
    const [items, itemType] =
      only === undefined ? [sent, requestType] : [(sent as Record<string, unknown>)[only[0]], only[1].type]
    const element = resolved(itemType).type
    if (!Array.isArray(items) || element.kind !== "array") return []
    if (items.length !== answered.length) return [`${items.length} sent, ${answered.length} answered`]
    return inOrder(items, element.items).flatMap((each, i) =>
      echoProblems(each, element.items, answered[i], responseType.items, isNew)
    )
  }
  const answer = answered as Record<string, unknown>
  return Object.entries(fieldsOf(requestType)).flatMap(([key, { type }]) => {
    const label = `${name}.${key}`
    const field = fieldsOf(responseType)[key]
    if (field === undefined || ignored.includes(label)) return []
    const value = (sent as Record<string, unknown>)[key]
    const no = () => [`${label}: sent ${JSON.stringify(value)}, answered ${JSON.stringify(answer[key])}`]
    if (value === undefined) {
      // A rule is answered as it was sent, position and all.
      const fallback = name?.startsWith("Rule") === true ? null : (field.default ?? null)
      if (field.type.kind === "array") return isNew && JSON.stringify(answer[key]) !== "[]" ? no() : []
      return isNew && answer[key] !== fallback ? no() : []
    }
    const nested = resolved(type)
    if (value !== null && nested.type.kind === "object" && Object.keys(nested.type.fields).length > 0)
      return echoProblems(value, type, answer[key], field.type, isNew)
    if (Array.isArray(value) && nested.type.kind === "array" && resolved(nested.type.items).type.kind === "object") {
      const [inner, outer] = [nested.type.items, resolved(field.type).type]
      const list = answer[key]
      if (outer.kind !== "array" || !Array.isArray(list) || list.length !== value.length) return no()
      return inOrder(value, inner).flatMap((each, i) => echoProblems(each, inner, list[i], outer.items, isNew))
    }
    if (value === null && field.type.kind === "array") return JSON.stringify(answer[key]) === "[]" ? [] : no()
    return same(value, answer[key], label, field) ? [] : no()
  })
}
