import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { Authentication } from "@audiences/client/Authentication"
import { Retry } from "@audiences/client/Retry"
import type { AudienceFull } from "@audiences/domain/Audience"
import { AudienceId } from "@audiences/domain/AudienceId"
import type { ConsumerFull } from "@audiences/domain/Consumer"
import { maxPageSize } from "@audiences/domain/Page"
import {
  type Connector,
  type ConnectorError,
  type Credentials,
  CredentialsRefused,
  CursorExpired,
  ListNotFound,
  type MemberPage,
  VendorAnswerUnexpected,
  type VendorList,
  type VendorProfile,
  VendorUnavailable
} from "@audiences/engine/connectors/Connector"
import { VendorStandIns } from "@audiences/engine/connectors/VendorHosts"
import { AddressRefused, OutgoingHttp } from "@audiences/engine/outgoing/OutgoingHttp"
import { Context, Duration, Effect, Layer, Option, Predicate, Redacted, Schema, Stream } from "effect"
import { HttpClient, HttpClientError } from "effect/http"

type Client = AudiencesClient["Service"]

/** What precedes the colon of a `syncSource`. */
const vendor = "fanfare"
const kind = "audience"
const title = "The other server"

/** A sync is a job: it waits for a rate limit to be over, but not so long that it holds up others. */
const retry = Retry.layer({ retries: 5, total: "90 seconds" })

const noList = new ListNotFound({ message: `${title} has no such audience` })

const textOf = (error: unknown, key: string): string =>
  Predicate.hasProperty(error, key) ? String(error[key]) : String(error)

/** What a failed call of the client means to a sync. `since` is the cursor it went on from. */
const failureOf =
  (since: string | null) =>
  (error: unknown): ConnectorError => {
    switch (Predicate.hasProperty(error, "_tag") ? error._tag : undefined) {
      case "Unauthorized":
      case "Forbidden":
        return new CredentialsRefused({ message: `${title} refuses the key: ${textOf(error, "error")}` })
      case "AudienceNotFound":
        return noList
      case "ValidationError":
        return since === null
          ? new VendorAnswerUnexpected({ message: `${title} refuses the request` })
          : new CursorExpired({ message: `${title} does not take the cursor any more` })
      case "RateLimited": {
        const seconds = Predicate.hasProperty(error, "retryAfter") ? Number(error.retryAfter) : NaN
        return new VendorUnavailable({
          message: `${title} asks for fewer requests`,
          retryAfter: Number.isFinite(seconds) ? Duration.seconds(seconds) : null
        })
      }
      case "HttpClientError": {
        const { cause } = (error as HttpClientError.HttpClientError).reason
        if (cause instanceof AddressRefused)
          return new VendorAnswerUnexpected({ message: `${title} is not reached: ${cause.message}` })
        return new VendorUnavailable({ message: `${title} cannot be reached, or failed`, retryAfter: null })
      }
      case "InternalServerError":
        return new VendorUnavailable({ message: `${title} cannot be reached, or failed`, retryAfter: null })
      default:
        return new VendorAnswerUnexpected({ message: `${title} answers otherwise than documented` })
    }
  }

/** An address that may not be reached is a wrong one: asking again does not help. */
const refusedAtOnce = HttpClient.transformResponse(
  Effect.mapError((error: HttpClientError.HttpClientError) =>
    error.reason.cause instanceof AddressRefused
      ? new HttpClientError.HttpClientError({
          reason: new HttpClientError.InvalidUrlError({ request: error.request, cause: error.reason.cause })
        })
      : error
  )
)

const listOf = ({ id, name }: AudienceFull): VendorList => ({ kind, id, name, memberCount: null })

/** Attributes that become properties, under their own names; metadata keeps its keys. */
const propertiesOf = ({
  archived: _,
  email: _email,
  fullName: _fullName,
  id: _id,
  metadata,
  organizationId: _organizationId,
  phone: _phone,
  primarySyncSource: _source,
  ...attributes
}: ConsumerFull): Readonly<Record<string, unknown>> => ({ ...attributes, ...metadata })

/** The person's own external id there is also theirs here; without one, it is the id there. */
const profileOf = (consumer: ConsumerFull): VendorProfile => ({
  id: (consumer.primaryExternalId ?? "") === "" ? consumer.id : consumer.primaryExternalId!,
  email: consumer.email ?? null,
  phone: consumer.phone ?? null,
  firstName: consumer.fullName ?? null,
  lastName: null,
  properties: propertiesOf(consumer)
})

/** A credential that the integration is kept with. */
const credential = (credentials: Credentials, key: string): Effect.Effect<string, CredentialsRefused> => {
  const found = credentials[key]
  return found === undefined
    ? Effect.fail(new CredentialsRefused({ message: `The integration lacks ${key}` }))
    : Effect.succeed(Redacted.value(found))
}

/** Audience ids are UUIDs: what is none names no audience. */
const audienceIdOf = (listId: string): Effect.Effect<AudienceId, ListNotFound> =>
  Option.match(Schema.decodeUnknownOption(AudienceId)(listId), {
    onNone: () => Effect.fail(noList),
    onSome: Effect.succeed
  })

/** Audiences of another server of this contract: Fanfare itself, or a sister region. */
export const makeContractServer = Effect.gen(function* () {
  const outgoing = yield* OutgoingHttp
  const standIn = (yield* VendorStandIns).get(vendor)

  const connected = Effect.fnUntraced(function* (credentials: Credentials) {
    const baseUrl = yield* credential(credentials, "url")
    const apiKey = Redacted.make(yield* credential(credentials, "apiKey"))
    if (standIn !== undefined && URL.parse(baseUrl)?.origin !== standIn)
      return yield* new CredentialsRefused({ message: `${baseUrl} is not where this server may look for ${vendor}` })
    const http = Layer.succeed(
      HttpClient.HttpClient,
      refusedAtOnce(standIn === undefined ? outgoing.guarded : outgoing.unguarded)
    )
    const client = AudiencesClient.layerBare({ baseUrl }).pipe(
      Layer.provide([Authentication.layer(apiKey), retry, http])
    )
    return Context.get(yield* Layer.build(client), AudiencesClient)
  })

  /** Asks with a client that lives as long as the stream. */
  const streaming = <A>(credentials: Credentials, read: (client: Client) => Stream.Stream<A, ConnectorError>) =>
    Stream.scoped(Stream.unwrap(Effect.map(connected(credentials), read)))

  const lists: Connector["lists"] = (credentials) =>
    streaming(credentials, ({ audiences }) =>
      Stream.paginate({} as { readonly after?: string }, (cursor) =>
        audiences.list({ query: { first: maxPageSize, ...cursor } }).pipe(
          Effect.mapError(failureOf(cursor.after ?? null)),
          Effect.map(
            ({ data, pageInfo: { endCursor } }) =>
              [data.map(listOf), Option.map(Option.fromNullOr(endCursor), (after) => ({ after }))] as const
          )
        )
      )
    )

  const list: Connector["list"] = (credentials, _, listId) =>
    Effect.gen(function* () {
      const audienceId = yield* audienceIdOf(listId)
      const { audiences } = yield* connected(credentials)
      const params = { audienceId }
      const found = yield* Effect.mapError(audiences.get({ params }), failureOf(null))
      if (found.archived) return yield* noList
      const { count } = yield* Effect.mapError(audiences.count({ params }), failureOf(null))
      return { ...listOf(found), memberCount: count }
    }).pipe(Effect.scoped)

  const members: Connector["members"] = (credentials, _, listId, since) =>
    streaming(credentials, (client) =>
      Stream.unwrap(
        Effect.map(audienceIdOf(listId), (audienceId) =>
          Stream.paginate(since, (after) =>
            client.members
              .list({ params: { audienceId }, query: { first: maxPageSize, ...(after === null ? {} : { after }) } })
              .pipe(
                Effect.mapError(failureOf(after)),
                Effect.map(({ data, pageInfo: { endCursor } }) => {
                  const page: MemberPage = { profiles: data.map(profileOf), cursor: endCursor }
                  return [[page], Option.fromNullOr(endCursor)] as const
                })
              )
          )
        )
      )
    )

  return { vendor, kinds: [kind], lists, list, members } satisfies Connector as Connector
})
