import { join } from "node:path"
import { writeConsumerFile } from "../imports/ConsumerFile.ts"
import { sendFile, untilEnded } from "../imports/ImportedFile.ts"
import { PrivateFolder } from "../PrivateFolder.ts"
import type { ServerProcess } from "../ServerProcess.ts"

/** Different consumers that are asked about. */
const asked = 100

/** A list of everybody, and some of them. */
export interface Everybody {
  readonly listId: string
  readonly people: ReadonlyArray<{ readonly id: string }>
}

/** Brings so many generated consumers into a list. */
export const importEverybody = async (server: ServerProcess, rows: number): Promise<Everybody> => {
  await using folder = await PrivateFolder.make()
  const path = join(folder.path, "consumers.csv")
  await writeConsumerFile(path, rows)
  const { id } = await server.call<{ id: string }>("POST", "/audiences", { name: "Everybody", type: "STATIC_LIST" })
  await sendFile(server, id, path)
  const ended = await untilEnded(server, id)
  if (ended.status !== "COMPLETED") throw new Error(JSON.stringify(ended))
  const page = await server.call<{ data: Everybody["people"] }>("GET", `/audiences/${id}/members?first=${asked}`)
  return { listId: id, people: page.data }
}

/** So many questions of whether one of these people is in one of these audiences. */
export const questions = (
  count: number,
  audiences: ReadonlyArray<{ readonly id: string }>,
  people: Everybody["people"]
): ReadonlyArray<string> =>
  Array.from(
    { length: count },
    (_, i) => `/api/audiences/${audiences[i % audiences.length]!.id}/members/${people[i % people.length]!.id}`
  )
