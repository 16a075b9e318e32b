import { consumerFields, type ConsumerFieldName } from "@audiences/domain/ConsumerField"
import { String, Struct } from "effect"

/** Texts that are kept folded as they are: digits, and our own names of actors. */
const bornFolded: ReadonlySet<ConsumerFieldName> = new Set(["phone", "createdBy", "updatedBy"])

const expressionOf = (field: ConsumerFieldName): string => {
  const column = String.camelToSnake(field)
  // Independent of the database's locale: in Turkish, the small form of ACTIVE has no dot.
  if (field === "status") return 'lower(status COLLATE "C")'
  return consumerFields[field] === "text" && !bornFolded.has(field) ? `${column}_folded` : column
}

/** What rules compare for each field: an expression over the columns of `consumers`, texts folded. */
export const comparedColumns = Object.fromEntries(
  Struct.keys(consumerFields).map((field) => [field, expressionOf(field)])
) as Readonly<Record<ConsumerFieldName, string>>
