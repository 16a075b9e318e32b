import { audienceFull, audienceId, organizationId } from "./examples.ts"

const importOf = (id: string, more: object) => ({
  id,
  organizationId,
  audienceId,
  status: "PENDING",
  progress: 0,
  processedConsumers: 0,
  errorCount: 0,
  s3Key: "imports/1.csv",
  archived: false,
  createdAt: "2026-01-31T09:30:00.000Z",
  createdBy: "key:1",
  ...more
})

export const importId = "01984a3e-7c10-7a80-9d10-3c5f6d0c2f33"
const otherId = "01984a3e-7c10-7a80-9d10-3c5f6d0c2f44"

/** A host whose import passes through `states`, one each time it is looked at, or is away; `overtaken` by another of the audience. */
export const importHost = (states: ReadonlyArray<object | "away">, overtaken = false) => {
  const asked: Array<string> = []
  const left = [...states]
  const next = () => {
    const state = (left.length > 1 ? left.shift() : left[0]) ?? {}
    if (state === "away") throw new TypeError("fetch failed")
    return importOf(importId, state)
  }
  const answer = (method: string, path: string): Response => {
    if (method === "POST") return Response.json({ ...importOf(importId, {}), uploadUrl: "http://files.test/u?sig=1" })
    if (method === "PUT") return new Response(null, { status: 200 })
    if (!path.endsWith("/import")) return Response.json({ ...audienceFull, imports: [importOf(otherId, {}), next()] })
    return Response.json(overtaken ? importOf(otherId, { status: "COMPLETED" }) : next())
  }
  const fetch = async (url: URL | RequestInfo, init?: RequestInit) => {
    const request = new Request(url, init)
    const body = await request.text()
    const { pathname } = new URL(request.url)
    asked.push(`${request.method} ${pathname.replace(audienceId, "A")}${request.method === "PUT" ? ` ${body}` : ""}`)
    return answer(request.method, pathname)
  }
  return { asked, fetch }
}

export const running = { status: "PROCESSING", progress: 50, processedConsumers: 1 }
export const completed = { status: "COMPLETED", progress: 100, processedConsumers: 2 }
export const failed = { status: "FAILED", progress: 50, processedConsumers: 1, failureReason: "no column is known" }
