import { setTimeout } from "node:timers/promises"
import { type Bench, compared, type Row, rounded } from "../Benchmark.ts"
import { millisOf } from "../evaluation/Subject.ts"
import { ServerProcess } from "../ServerProcess.ts"
import { LocalKlaviyo } from "../vendors/LocalKlaviyo.ts"

/** A list of more is synced no differently. */
const mostProfiles = 100_000

interface Source {
  readonly syncStatus: string
  readonly progress: unknown
  readonly sourceData: { readonly failureReason?: string; readonly sync: Readonly<Record<string, number>> }
}

/** Milliseconds from the request for a sync to its end, which must be a success. */
const syncMillis = async (server: ServerProcess, audienceId: string) => {
  let source: Source | undefined
  const millis = await millisOf(async () => {
    const { syncSourceId } = await server.call<{ readonly syncSourceId: string }>(
      "POST",
      `/audiences/${audienceId}/sync`
    )
    do {
      await setTimeout(20)
      source = await server.call<Source>("GET", `/sync-sources/${syncSourceId}`)
    } while (source.progress !== null)
  })
  if (source?.syncStatus !== "SUCCESS") throw new Error(`the sync failed: ${source?.sourceData.failureReason}`)
  return { millis, sync: source.sourceData.sync }
}

const csvOf = (people: Awaited<ReturnType<LocalKlaviyo["read"]>>): string =>
  [
    "externalId,email,phone,fullName,plan",
    ...people.map(({ attributes, id }) => {
      const { email, first_name, last_name, phone_number, properties } = attributes as Record<string, string> & {
        readonly properties: { readonly plan: string }
      }
      return [id, email, phone_number, `${first_name} ${last_name}`, properties.plan].join(",")
    })
  ].join("\n")

/** Milliseconds that the import of the same people takes, from the upload to its end. */
const importMillis = async (fromSources: boolean, csv: string) => {
  await using server = await ServerProcess.start({ fromSources })
  const { id } = await server.call<{ readonly id: string }>("POST", "/audiences", {
    name: "Imported",
    type: "STATIC_LIST"
  })
  const { uploadUrl } = await server.call<{ readonly uploadUrl: string }>("POST", `/audiences/${id}/import`)
  return await millisOf(async () => {
    await fetch(uploadUrl, { method: "PUT", body: csv, headers: { "content-type": "text/csv" } })
    for (;;) {
      const { status } = await server.call<{ readonly status: string }>("GET", `/audiences/${id}/import`)
      if (status === "COMPLETED") return
      if (status === "FAILED") throw new Error("the import failed")
      await setTimeout(20)
    }
  })
}

/** Syncing a list of the local Klaviyo, beside reading its pages with bare fetch, and beside the import of the same people. */
const bench: Bench = {
  name: "sync",
  describe: `syncing a list of at most ${rounded(mostProfiles)} profiles, beside reading its pages and importing the same people`,
  run: async ({ fromSources, rows }) => {
    const count = Math.min(rows, mostProfiles)
    const perSecond = (millis: number) => (count / millis) * 1000
    await using klaviyo = await LocalKlaviyo.start(count)
    await klaviyo.read()
    let people: Awaited<ReturnType<LocalKlaviyo["read"]>> = []
    const reading = await millisOf(async () => void (people = await klaviyo.read()))
    const importing = await importMillis(fromSources, csvOf(people))

    await using server = await ServerProcess.start({
      fromSources,
      environment: { AUDIENCES_VENDOR_URLS: `klaviyo=${klaviyo.origin}` }
    })
    await server.call("PUT", "/settings/integrations/klaviyo", {
      credentials: { apiKey: klaviyo.apiKey },
      properties: { plan: "plan" }
    })
    const { id } = await server.call<{ readonly id: string }>("POST", "/audiences", {
      name: "Synced",
      type: "SYNCED_LIST",
      primarySyncSource: { syncSource: "klaviyo:list", syncSourceId: klaviyo.listId }
    })
    const row = (work: string, millis: number, reference: number): Row =>
      compared({ work, unit: "profiles/s", figure: perSecond(millis), reference: perSecond(reference) })
    const first = await syncMillis(server, id)
    const again = await syncMillis(server, id)
    await klaviyo.change(Math.ceil(count / 100))
    const changed = await syncMillis(server, id)
    if (
      first.sync.created !== count ||
      again.sync.unchanged !== count ||
      changed.sync.updated !== Math.ceil(count / 100)
    ) {
      throw new Error(`the syncs did something else: ${JSON.stringify([first.sync, again.sync, changed.sync])}`)
    }
    const profiles = `${rounded(count)} profiles`
    return [
      row(`first sync of ${profiles}, beside reading the same pages with bare fetch`, first.millis, reading),
      row(`the same, beside the import of the same people as CSV`, first.millis, importing),
      row(`sync of the same list again, beside reading its pages`, again.millis, reading),
      row(`sync with one in a hundred changed, beside reading its pages`, changed.millis, reading)
    ]
  }
}

export default bench
