import { openAsBlob } from "node:fs"
import { setTimeout } from "node:timers/promises"
import type { ServerProcess } from "../ServerProcess.ts"

export interface ImportOutcome {
  readonly id: string
  readonly status: string
  readonly failureReason: string | null
  readonly totalConsumers: number | null
  readonly processedConsumers: number
  readonly createdRows: number
  readonly updatedRows: number
  readonly unchangedRows: number
  readonly duplicateRows: number
  readonly rejectedRows: number
  readonly progress: number
}

const pollMillis = 100

/** Begins an import and sends its file; returns before the file is imported. */
export const sendFile = async (
  server: ServerProcess,
  audienceId: string,
  path: string,
  query = ""
): Promise<{ readonly id: string }> => {
  const { id, uploadUrl } = await server.call<{ id: string; uploadUrl: string }>(
    "POST",
    `/audiences/${audienceId}/import${query}`
  )
  const answer = await fetch(uploadUrl, {
    method: "PUT",
    headers: { "content-type": "text/csv" },
    body: await openAsBlob(path)
  })
  if (!answer.ok) throw new Error(`the upload answers ${answer.status}: ${await answer.text()}`)
  return { id }
}

/** Waits until the latest import of an audience has ended; `look` is called with how it stands meanwhile. */
export const untilEnded = async (
  server: ServerProcess,
  audienceId: string,
  look: (now: ImportOutcome) => void = () => {}
): Promise<ImportOutcome> => {
  for (;;) {
    const now = await server.call<ImportOutcome>("GET", `/audiences/${audienceId}/import`)
    look(now)
    if (now.status === "COMPLETED" || now.status === "FAILED") return now
    await setTimeout(pollMillis)
  }
}
