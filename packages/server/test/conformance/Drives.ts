import { Effect } from "effect"
import type { HttpServer } from "effect/http"
import type { World } from "./World.ts"

type Json = ReturnType<typeof JSON.parse>

export interface Prepared {
  /** Below `/api`, with the ids of what was prepared. */
  readonly path: string
  /** Makes a generated body fit: ids that exist, identifiers that are unique. */
  readonly fit?: (body: Json) => unknown
}

/** Prepares what one call of an operation needs. */
export type Drive = (world: World) => Effect.Effect<Prepared, never, HttpServer.HttpServer>

const fixed =
  (path: string): Drive =>
  () =>
    Effect.succeed({ path })

const groupId = "0190a000-0000-7000-8000-0000000000aa"
const about = { experienceId: groupId, experienceName: "", sequenceId: groupId, sequenceName: "S", status: "DONE" }
const at = "2026-01-31T10:00:00+01:00"

const dynamic = (world: World) => world.audience({ type: "DYNAMIC" })

const ruleDrive: Drive = (world) =>
  Effect.gen(function* () {
    const audienceId = yield* dynamic(world)
    const path = `/audiences/${audienceId}/rules/${yield* world.rule(audienceId)}`
    return { path, fit: (body) => (body !== undefined && "audienceId" in body ? { ...body, audienceId } : body) }
  })

/** An audience that has everything an audience can have. */
const audienceDrive =
  (end = ""): Drive =>
  (world) =>
    Effect.gen(function* () {
      const audienceId = yield* world.audience({ description: "d", groupId, groupType: "RFM", metadata: { a: [1] } })
      yield* world.call("POST", `/audiences/${audienceId}/import`)
      return { path: `/audiences/${audienceId}${end}` }
    })

const memberDrive =
  (end: string): Drive =>
  (world) =>
    Effect.map(world.peopled(), ({ audienceId }) => ({ path: `/audiences/${audienceId}${end}` }))

const groupDrive =
  (end = ""): Drive =>
  (world) =>
    Effect.as(world.peopled({ groupId }), { path: `/audiences/groups/${groupId}${end}` })

const consumerDrive =
  (end = ""): Drive =>
  (world) =>
    Effect.map(world.peopled(), ({ consumerId }) => ({ path: `/consumers/${consumerId}${end}` }))

const identified = (world: World, consumer: Json): unknown => ({
  ...consumer,
  ...(typeof consumer.email === "string" ? { email: `P${world.unique()}@example.com` } : {}),
  ...(typeof consumer.phone === "string" ? { phone: `+1555${world.unique()}` } : {})
})

const activities = [
  { type: "APPOINTMENT", ...about, bookedAt: at, cancellationReason: null },
  { type: "AUCTION", ...about, bidAmount: "12.5", bidCount: 2, lastBidAt: at, productId: groupId },
  { type: "DRAW", ...about, enteredAt: at },
  { type: "MESSAGE", status: "SENT", channelType: "EMAIL", template: "hello", sentAt: at },
  { type: "QUEUE", ...about, enqueuedAt: at, selectedVariantId: groupId },
  { type: "WAITLIST", ...about, position: 3, timestamp: at }
]

/** Tiers whose ranges rise, the last of them open where it was sent without an end or with null. */
const ranged = (body: Json): unknown => {
  const tiers: Array<Json> = body.tiers.length === 0 ? [{}] : body.tiers
  return {
    ...body,
    tiers: tiers.map((tier, i) => ({
      ...tier,
      name: `Tier ${i}`,
      order: i,
      startValue: i % 2 === 0 ? i * 10 : `${i}0`,
      ...(i === tiers.length - 1 && tier.endValue == null ? {} : { endValue: `${i}9.5` })
    }))
  }
}

/** Each published operation, by its name. */
export const drives: Readonly<Record<string, Drive>> = {
  "GET /audiences": (world) => Effect.as(world.peopled(), { path: "/audiences" }),
  "POST /audiences": () =>
    Effect.succeed({
      path: "/audiences",
      fit: ({ primarySyncSource, rules, ...body }: Json) => ({
        ...body,
        ...(body.type === "DYNAMIC" && rules !== undefined ? { rules } : {}),
        ...(body.type === "SYNCED_LIST" && primarySyncSource !== undefined ? { primarySyncSource } : {})
      })
    }),
  "GET /audiences/{audienceId}": audienceDrive(),
  "PUT /audiences/{audienceId}": (world) =>
    Effect.map(audienceDrive()(world), ({ path }) => ({
      path,
      fit: (body: Json) => ("type" in body ? { ...body, type: "STATIC_LIST" } : body)
    })),
  "DELETE /audiences/{audienceId}": audienceDrive(),
  "GET /audiences/{audienceId}/count": memberDrive("/count"),
  "GET /audiences/{audienceId}/import": audienceDrive("/import"),
  "POST /audiences/{audienceId}/import": audienceDrive("/import"),
  "GET /audiences/{audienceId}/members": memberDrive("/members"),
  "POST /audiences/{audienceId}/members": (world) =>
    Effect.gen(function* () {
      const consumerIds = [yield* world.consumer(), yield* world.consumer()]
      return { path: `/audiences/${yield* world.audience()}/members`, fit: (body) => ({ ...body, consumerIds }) }
    }),
  "GET /audiences/{audienceId}/rules": (world) =>
    Effect.map(ruleDrive(world), ({ path }) => ({ path: path.replace(/\/[^/]+$/, "") })),
  "POST /audiences/{audienceId}/rules": (world) =>
    Effect.map(dynamic(world), (audienceId) => ({
      path: `/audiences/${audienceId}/rules`,
      fit: (body: Json) => ({ ...body, audienceId })
    })),
  "PUT /audiences/{audienceId}/rules": (world) =>
    Effect.map(dynamic(world), (audienceId) => ({
      path: `/audiences/${audienceId}/rules`,
      fit: ({ rules, ...body }: Json) => ({ ...body, rules: rules.map((rule: Json) => ({ ...rule, audienceId })) })
    })),
  "GET /audiences/{audienceId}/rules/{ruleId}": ruleDrive,
  "PUT /audiences/{audienceId}/rules/{ruleId}": ruleDrive,
  "DELETE /audiences/{audienceId}/rules/{ruleId}": ruleDrive,
  "GET /audiences/{audienceId}/status": memberDrive("/status"),
  "POST /audiences/{audienceId}/sync": (world) =>
    Effect.map(
      world.audience({ type: "SYNCED_LIST", primarySyncSource: { syncSource: "klaviyo:list", syncSourceId: "abc" } }),
      (audienceId) => ({ path: `/audiences/${audienceId}/sync` })
    ),
  "GET /audiences/groups/{groupId}": groupDrive(),
  "DELETE /audiences/groups/{groupId}": groupDrive(),
  "GET /audiences/groups/{groupId}/members": groupDrive("/members"),
  "POST /audiences/import/klaviyo": fixed("/audiences/import/klaviyo"),
  "POST /audiences/import/mailchimp": fixed("/audiences/import/mailchimp"),
  "POST /audiences/import/sendgrid": fixed("/audiences/import/sendgrid"),
  "POST /audiences/loyalty-tiers": () => Effect.succeed({ path: "/audiences/loyalty-tiers", fit: ranged }),
  "PUT /audiences/loyalty-tiers/{groupId}": (world) =>
    Effect.map(
      world.call("POST", "/audiences/loyalty-tiers", {
        attribute: "ltv",
        groupName: "Tiers",
        tiers: [{ name: "Tier 0", order: 0, startValue: 5 }]
      }),
      ({ tierGroup }: Json) => ({ path: `/audiences/loyalty-tiers/${tierGroup}`, fit: ranged })
    ),
  "GET /consumers": (world) => Effect.as(world.consumer(), { path: "/consumers" }),
  "GET /consumers/{id}": consumerDrive(),
  "PUT /consumers/{id}": (world) =>
    Effect.map(consumerDrive()(world), ({ path }) => ({ path, fit: (body: Json) => identified(world, body) })),
  "DELETE /consumers/{id}": consumerDrive(),
  "GET /consumers/{id}/audiences": consumerDrive("/audiences"),
  "GET /consumers/{id}/loyalty-transactions": (world) =>
    Effect.gen(function* () {
      const path = `/consumers/${yield* world.consumer()}/loyalty-transactions`
      yield* world.call("POST", path, { txnType: "earn", pointsDelta: 5, bucketExpiresOn: "9999-01-01" })
      yield* world.call("POST", path, { txnType: "redeem", pointsDelta: -2, metadata: { a: 1 }, sourceType: "shop" })
      return { path }
    }),
  "GET /consumers/{id}/timeline": (world) =>
    Effect.gen(function* () {
      const consumer = `/consumers/${yield* world.consumer()}`
      yield* Effect.forEach(activities, (activity) => world.call("POST", `${consumer}/activities`, activity))
      return { path: `${consumer}/timeline` }
    }),
  "POST /consumers/batch": (world) =>
    Effect.succeed({
      path: "/consumers/batch",
      fit: ({ consumers, ...body }: Json) => ({
        ...body,
        consumers: consumers.map((consumer: Json) => identified(world, consumer))
      })
    }),
  "GET /consumers/distribution": (world) => Effect.as(world.consumer({ ltv: "5" }), { path: "/consumers/distribution" })
}
