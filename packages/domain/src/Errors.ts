import { Effect, Schema } from "effect"

/**
 * The fields of an error that travels as `{"error": "<text>"}`. The tag names it in code and stays off the wire, where the
 * published API has none: the text tells facts of one status apart.
 */
export const errorFields = <const Tag extends string, const Text extends string>(tag: Tag, text: Text) => ({
  _tag: Schema.tagDefaultOmit(tag),
  error: Schema.Literal(text).pipe(Schema.withConstructorDefault(Effect.succeed(text)))
})

/** As `errorFields`, for errors whose text says more than a fixed sentence, or differs between hosts. */
export const errorFieldsOpen = <const Tag extends string>(tag: Tag, text: string) => ({
  _tag: Schema.tagDefaultOmit(tag),
  error: Schema.String.pipe(Schema.withConstructorDefault(Effect.succeed(text)))
})

/** Something went wrong that the caller did not cause. `requestId` leads to the log line that says what. */
export class InternalServerError extends Schema.Error<InternalServerError>("InternalServerError")(
  { ...errorFieldsOpen("InternalServerError", "Internal server error"), requestId: Schema.optionalKey(Schema.String) },
  { httpApiStatus: 500 }
) {}

/** The body is larger than the operation takes. */
export class PayloadTooLarge extends Schema.Error<PayloadTooLarge>("PayloadTooLarge")(
  errorFieldsOpen("PayloadTooLarge", "Request body too large"),
  { httpApiStatus: 413 }
) {}
