import { UploadMissing, UploadStore } from "@audiences/engine/imports/uploads/UploadStore"
import type { GetObjectCommandOutput } from "@aws-sdk/client-s3"
import { DateTime, Effect, Layer, Option } from "effect"
import type { Readable } from "node:stream"
import { BodyBroken, type BodyFrom, resumedBody } from "./ResumedBody.ts"
import { connectBucket, s3Library, statusOf, type UploadBucket } from "./UploadBucket.ts"

const presigner = Effect.promise(() => import("@aws-sdk/s3-request-presigner"))

/** What asking again does not change. */
const isRefusal = (status: number | undefined): boolean =>
  status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429

const notRead = (error: unknown, key: string): Effect.Effect<never, UploadMissing | BodyBroken> => {
  const status = statusOf(error)
  if (status === 404 || status === 412) return Effect.fail(new UploadMissing({ key }))
  return isRefusal(status) ? Effect.die(error) : Effect.fail(new BodyBroken({ cause: error }))
}

/** What an answer to a GET from some byte on brings of the version that was asked for. */
const bodyFrom = (from: number, asked: Promise<GetObjectCommandOutput>, key: string, version: string | undefined) =>
  Effect.tryPromise({ try: () => asked, catch: (error) => error }).pipe(
    Effect.catch((error) => notRead(error, key)),
    Effect.flatMap(({ Body, ContentLength = 0, ETag }): Effect.Effect<BodyFrom, UploadMissing> => {
      const pieces = Body as Readable
      if (version === undefined || ETag === version) return Effect.succeed({ bytes: from + ContentLength, pieces })
      // Not every store minds If-Match.
      pieces.destroy()
      return Effect.fail(new UploadMissing({ key }))
    })
  )

/** Uploads in a bucket: uploaders put them there by themselves, by presigned URLs. */
export const UploadStoreS3 = (place: UploadBucket) =>
  Layer.effect(
    UploadStore,
    Effect.gen(function* () {
      const s3 = yield* s3Library
      const { getSignedUrl } = yield* presigner
      const client = yield* connectBucket(place)
      const at = (key: string) => ({ Bucket: place.bucket, Key: place.prefix + key })

      const uploadUrl = Effect.fnUntraced(function* (key: string, expiresAt: DateTime.Utc) {
        const now = DateTime.toEpochMillis(yield* DateTime.now)
        const expiresIn = Math.max(1, Math.floor((DateTime.toEpochMillis(expiresAt) - now) / 1000))
        return yield* Effect.promise(() => getSignedUrl(client, new s3.PutObjectCommand(at(key)), { expiresIn }))
      })

      const look = (key: string) =>
        Effect.tryPromise({ try: () => client.send(new s3.HeadObjectCommand(at(key))), catch: (error) => error }).pipe(
          Effect.map(({ ContentLength = 0, ETag = "" }) => Option.some({ bytes: ContentLength, version: ETag })),
          Effect.catch((error) => (statusOf(error) === 404 ? Effect.succeedNone : Effect.die(error)))
        )

      const open = (key: string, version: string | undefined) => (from: number) =>
        Effect.suspend(() => {
          const range = from === 0 ? {} : { Range: `bytes=${from}-` }
          const pinned = version === undefined ? {} : { IfMatch: version }
          const asked = client.send(new s3.GetObjectCommand({ ...at(key), ...range, ...pinned }))
          return bodyFrom(from, asked, key, version)
        })

      return UploadStore.of({
        intake: { _tag: "Bucket", uploadUrl, look },
        read: (key, version) => resumedBody(open(key, version)),
        remove: (key) => Effect.promise(() => client.send(new s3.DeleteObjectCommand(at(key))))
      })
    })
  )
