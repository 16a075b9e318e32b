import type { AudienceFull } from "@audiences/domain/Audience"
import type { Import, ImportWithUpload, importListQuery, importQuery } from "@audiences/domain/Import"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { FileBody } from "../FileBody.ts"
import { ImportUpload } from "../ImportUpload.ts"
import type { QueryOf, Resource } from "../Wire.ts"

type ImportListQuery = QueryOf<typeof importListQuery>

export const importsOf = (calls: Calls) => {
  const operations = {
    create: (audienceId: string, query: QueryOf<typeof importQuery> = {}) =>
      calls.call<Resource<typeof ImportWithUpload>>("POST", path`/audiences/${audienceId}/import`, { query }),
    latest: (audienceId: string) => calls.call<Resource<typeof Import>>("GET", path`/audiences/${audienceId}/import`),
    /** Newest first, without the errors of rows. */
    list: (audienceId: string, query: ImportListQuery = {}) =>
      calls.list<Resource<typeof Import>, ImportListQuery>(path`/audiences/${audienceId}/imports`, query),
    get: (audienceId: string, importId: string) =>
      calls.call<Resource<typeof Import>>("GET", path`/audiences/${audienceId}/imports/${importId}`),
    /** The rejected rows of an import that has ended, as bytes of CSV with a column that says why. */
    errors: (audienceId: string, importId: string) =>
      calls.bytes(path`/audiences/${audienceId}/imports/${importId}/errors.csv`, {}),
    /** What was done stays. */
    cancel: (audienceId: string, importId: string) =>
      calls.call<Resource<typeof Import>>("POST", path`/audiences/${audienceId}/imports/${importId}/cancel`),
    /** Whom it created is archived, all others are as before. A large one goes on until `undoneAt` is set. */
    undo: (audienceId: string, importId: string) =>
      calls.call<Resource<typeof Import>>("POST", path`/audiences/${audienceId}/imports/${importId}/undo`),
    /** Sends a CSV file to the `uploadUrl` of an import, without the key. Texts, bytes and blobs are sent again if need be. */
    send: (uploadUrl: string, file: FileBody) => calls.put(uploadUrl, file)
  }
  return {
    ...operations,
    /** Imports a CSV file: creates the import, sends the file and waits. Iterate it for its progress, or await its end. */
    upload: (audienceId: string, file: FileBody, query: QueryOf<typeof importQuery> = {}) =>
      new ImportUpload({
        begin: () => operations.create(audienceId, query),
        send: (uploadUrl) => operations.send(uploadUrl, file),
        latest: () => operations.latest(audienceId),
        all: async () =>
          (await calls.call<Resource<typeof AudienceFull>>("GET", path`/audiences/${audienceId}`)).imports,
        sleep: (millis) => calls.sleep(millis)
      })
  }
}
