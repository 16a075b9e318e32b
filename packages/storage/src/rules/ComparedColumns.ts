import { consumerFields, type ConsumerFieldName } from "@audiences/domain/ConsumerField"
// Not all of effect: threads begin with this.
import { camelToSnake } from "effect/String"
import { keys } from "effect/Struct"

/** Texts that are kept folded as they are: digits, and our own names of actors. */
const bornFolded: ReadonlySet<ConsumerFieldName> = new Set(["phone", "createdBy", "updatedBy"])

const expressionOf = (field: ConsumerFieldName): string => {
  const column = camelToSnake(field)
  // Independent of the database's locale: in Turkish, the small form of ACTIVE has no dot.
  if (field === "status") return 'lower(status COLLATE "C")'
  return consumerFields[field] === "text" && !bornFolded.has(field) ? `${column}_folded` : column
}

/** What rules compare for each field: an expression over the columns of `consumers`, texts folded. */
export const comparedColumns = Object.fromEntries(
  keys(consumerFields).map((field) => [field, expressionOf(field)])
) as Readonly<Record<ConsumerFieldName, string>>
