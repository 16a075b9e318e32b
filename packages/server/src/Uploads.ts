import type { UploadBucket } from "@audiences/storage/imports/uploads/UploadBucket"
import { Config, Effect, Option } from "effect"
import { resolve } from "node:path"

/** Where uploaded files are: in a folder, or in a bucket. */
export type Uploads = { readonly _tag: "Folder"; readonly path: string } | ({ readonly _tag: "Bucket" } & UploadBucket)

/** As S3 has them, too: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

export const parseUploads =
  ({ endpoint, region }: Pick<UploadBucket, "endpoint" | "region">) =>
  (text: string): Option.Option<Uploads> | undefined => {
    const [, scheme, bucket = "", path = ""] = /^([a-z][a-z0-9+.-]+):\/\/([^/]*)\/*(.*)$/is.exec(text) ?? []
    if (scheme === undefined) return Option.some({ _tag: "Folder", path: resolve(text) })
    if (scheme.toLowerCase() !== "s3" || !bucketName.test(bucket)) return undefined
    const prefix = path.replace(/\/*$/, (end) => (path === end ? "" : "/"))
    return Option.some({ _tag: "Bucket", bucket, prefix, endpoint, region })
  }

/** Of a bucket, from the variables that AWS programs share. Stores that are not Amazon's mind no region, but it is part of what is signed. */
export const awsPlace = Effect.gen(function* () {
  const variable = (name: string) =>
    Effect.map(
      Effect.option(Config.String(name)),
      Option.filter((value) => value !== "")
    )
  const first = (...names: ReadonlyArray<string>) =>
    Effect.map(Effect.forEach(names, variable), (values) => Option.getOrUndefined(Option.firstSomeOf(values)))
  const endpoint = yield* first("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
  const region = yield* first("AWS_REGION", "AWS_DEFAULT_REGION")
  return { endpoint, region: region ?? (endpoint === undefined ? undefined : "us-east-1") }
})
