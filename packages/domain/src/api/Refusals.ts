import { HttpApiMiddleware } from "effect/http-api"
import { InternalServerError } from "../Errors.ts"
import { ValidationError } from "../ValidationError.ts"

/** Turns what a schema refuses into the 400 body of the contract, and what nobody foresaw into its 500 body. */
export class Refusals extends HttpApiMiddleware.Service<Refusals>()("@audiences/domain/Refusals", {
  error: [ValidationError, InternalServerError]
}) {}
