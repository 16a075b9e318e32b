import { Authorization, CurrentActor } from "@audiences/domain/api/Authorization"
import { Organizations } from "@audiences/engine/organizations/Organizations"
import { Effect, Layer, MutableRef } from "effect"
import { HttpEffect, HttpServerResponse } from "effect/http"
import { CurrentRequest } from "./CurrentRequest.ts"

/** RFC 9110 §11.6.1: a 401 names the scheme that would be accepted. */
const challenge = HttpEffect.appendPreResponseHandler((_, response) =>
  Effect.succeed(
    response.status === 401 ? HttpServerResponse.setHeader(response, "www-authenticate", "Bearer") : response
  )
)

export const AuthorizationHttp = Layer.effect(
  Authorization,
  Effect.gen(function* () {
    const organizations = yield* Organizations
    return Authorization.of({
      bearer: Effect.fnUntraced(function* (httpEffect, { credential }) {
        const actor = yield* Effect.tapError(organizations.authenticate(credential), () => challenge)
        const request = yield* CurrentRequest
        MutableRef.set(request.organizationId, actor.organizationId)
        return yield* Effect.provideService(httpEffect, CurrentActor, actor)
      })
    })
  })
)
