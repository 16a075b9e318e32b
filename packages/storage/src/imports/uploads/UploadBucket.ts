import type { S3Client } from "@aws-sdk/client-s3"
import { Data, Effect } from "effect"

/** Where uploads are in an object store that speaks S3. Credentials come from where every AWS program has them. */
export interface UploadBucket {
  readonly bucket: string
  /** What keys begin with; empty, or ending in a slash. */
  readonly prefix: string
  /** Of a store that is not Amazon's: its buckets are paths, not hosts. */
  readonly endpoint: string | undefined
  /** Undefined: as AWS programs find it. */
  readonly region: string | undefined
}

/** The bucket cannot be used, by how it is configured. */
export class BucketUnusable extends Data.TaggedError("BucketUnusable")<{ readonly message: string }> {}

/** Milliseconds for a connection to be made. */
const connectionTimeout = 5000

// Loaded when a bucket is configured: a server with a folder starts without it.
export const s3Library = Effect.promise(() => import("@aws-sdk/client-s3"))

const clientFor = ({ endpoint, region }: UploadBucket, Client: typeof S3Client) =>
  new Client({
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(region === undefined ? {} : { region }),
    // Checksums would be part of what is signed: whoever uploads would have to send the same.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout }
  })

/** HTTP's status of a failed request; undefined: no answer came. */
export const statusOf = (error: unknown): number | undefined =>
  (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode

/** A client of the bucket. Fails where nothing would be wrong until the first import: no region, no credentials, no such bucket. */
export const connectBucket = Effect.fnUntraced(function* (place: UploadBucket) {
  const { GetObjectCommand, S3Client } = yield* s3Library
  const client = yield* Effect.acquireRelease(
    Effect.sync(() => clientFor(place, S3Client)),
    (client) => Effect.sync(() => client.destroy())
  )
  const unusable = (reason: string) =>
    new BucketUnusable({ message: `The bucket s3://${place.bucket} cannot be used: ${reason}` })
  yield* Effect.tryPromise({
    try: () => Promise.all([client.config.region(), client.config.credentials()]),
    catch: (error) => unusable(error instanceof Error ? error.message : String(error))
  })
  // Of a key that no import has: what is asked is what the error is. A store that is away may come back.
  const asked = yield* Effect.promise(() =>
    client.send(new GetObjectCommand({ Bucket: place.bucket, Key: `${place.prefix}.bucket` })).catch((error) => error)
  )
  if (asked instanceof Error && asked.name === "NoSuchBucket") return yield* unusable("it does not exist")
  return client
})
