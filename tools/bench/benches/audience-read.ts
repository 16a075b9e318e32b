import type { Bench } from "../Benchmark.ts"
import { main } from "../data/audiences.mjs"
import { againstBare } from "../load/AgainstBare.ts"
import { ServerProcess } from "../ServerProcess.ts"

/** `GET /api/audiences/{id}`, an audience of ten rules, read from PostgreSQL each time. */
const bench: Bench = {
  name: "audience-read",
  describe: "requests per second of GET /api/audiences/{id} against bare node:http answering the same bytes",
  run: async (size) => {
    await using server = await ServerProcess.start(size)
    const { id } = await server.call<{ id: string }>("POST", "/audiences", {
      name: "Main",
      type: "DYNAMIC",
      rules: main,
      refreshIntervalSeconds: null
    })
    const { rows } = await againstBare({
      work: "GET /api/audiences/{id}",
      server,
      paths: [`/api/audiences/${id}`],
      headers: { authorization: server.headers.authorization ?? "" },
      roundMillis: size.roundMillis
    })
    return rows
  }
}

export default bench
