import { Text } from "@audiences/domain/Scalar"
import { Schema } from "effect"

/** Characters of a vendor's text that are kept where it only tells something. */
const mostCharacters = 1000

/** What a vendor says, in a form that can be kept: without U+0000 and lone surrogates, and not without end. */
export const tellable = (text: string): string => text.replaceAll("\0", "").slice(0, mostCharacters).toWellFormed()

/** Whether a text can be kept as it is. */
export const isStorable = Schema.is(Text)
