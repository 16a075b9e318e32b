import { Effect } from "effect"
import { connect, createServer, type Socket } from "node:net"

/** A way to a database that can be cut, by which connections end, or jammed, by which they say nothing any more. */
export const severable = (url: string) =>
  Effect.gen(function* () {
    const target = new URL(url)
    const sockets = new Set<Socket>()
    const state = { cut: false, jammed: false }
    const server = createServer((near) => {
      if (state.cut) return near.destroy()
      const far = connect(Number(target.port), target.hostname)
      for (const [from, to] of [
        [near, far],
        [far, near]
      ] as const) {
        sockets.add(from)
        from.on("data", (chunk) => void (state.jammed || to.write(chunk)))
        from.on("error", () => to.destroy())
        from.on("close", () => (to.destroy(), sockets.delete(from)))
      }
    })
    yield* Effect.acquireRelease(
      Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
      () => Effect.sync(() => (server.close(), sockets.forEach((socket) => socket.destroy())))
    )
    const near = new URL(url)
    near.hostname = "127.0.0.1"
    near.port = String((server.address() as { port: number }).port)
    const set = (change: Partial<typeof state>) => Effect.sync(() => void Object.assign(state, change))
    return {
      url: near.href,
      cut: Effect.andThen(
        set({ cut: true }),
        Effect.sync(() => sockets.forEach((socket) => socket.destroy()))
      ),
      jam: set({ jammed: true }),
      mend: Effect.andThen(
        set({ cut: false, jammed: false }),
        Effect.sync(() => sockets.forEach((socket) => socket.destroy()))
      )
    }
  })
