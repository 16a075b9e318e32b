import { UploadUrls } from "@audiences/engine/imports/uploads/UploadUrls"
import { DefaultRateLimits } from "@audiences/engine/rateLimits/RateLimits"
import { JobQueuePgBoss } from "@audiences/storage/jobs/JobQueuePgBoss"
import { Effect, Layer } from "effect"
import { Configuration } from "./Configuration.ts"
import { Connecting } from "./connectors/Connecting.ts"
import { Database, DatabaseUrl } from "./Database.ts"
import { EncryptionKey } from "./EncryptionKey.ts"
import { Engine } from "./Engine.ts"
import { FirstKey } from "./FirstKey.ts"
import { GateListener } from "./http/GateListener.ts"
import { Http, serve, WorkerHttp } from "./http/Http.ts"
import { layer as NodeServer } from "./http/NodeServer.ts"
import { PublicUrl } from "./PublicUrl.ts"
import { Workers } from "./Workers.ts"

const Listening = Layer.unwrap(Effect.map(Configuration, ({ host, port }) => NodeServer({ host, port })))

const Uploads = Layer.effect(
  UploadUrls,
  Effect.map(PublicUrl, (baseUrl) => ({ baseUrl }))
)

const Limits = Layer.effect(
  DefaultRateLimits,
  Effect.map(Configuration, ({ gateRateLimit, rateLimit }) => ({ api: rateLimit, gate: gateRateLimit }))
)

const Answering = Layer.unwrap(
  Effect.map(Configuration, ({ role }) =>
    role === "worker" ? serve(WorkerHttp) : Layer.merge(serve(Http), GateListener)
  )
)

const Working = Layer.unwrap(Effect.map(Configuration, ({ role }) => (role === "api" ? Layer.empty : Workers)))

const Founding = Layer.unwrap(Effect.map(Configuration, ({ role }) => (role === "worker" ? Layer.empty : FirstKey)))

const Jobs = Layer.unwrap(Effect.map(DatabaseUrl, (url) => JobQueuePgBoss({ url })))

/** What a process does by its role, on a database, a job queue and a port, with the vendors that it can reach. */
export const Service = Answering.pipe(
  Layer.provide(Working),
  Layer.provide(Founding),
  Layer.provide(Uploads),
  Layer.provide(Engine),
  Layer.provide(EncryptionKey),
  Layer.provide(Limits)
)

/**
 * The whole program. What is provided last starts first and ends last: when the program is to stop, requests end before jobs do,
 * jobs before connections, and connections before the database.
 */
export const Server = Service.pipe(
  Layer.provide(Jobs),
  Layer.provide(Connecting),
  Layer.provide(Database),
  Layer.provideMerge(PublicUrl.layer),
  Layer.provide(Listening)
)
