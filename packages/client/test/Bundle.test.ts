import { assert, describe, it } from "@effect/vitest"
import { build } from "esbuild"
import { fileURLToPath } from "node:url"
import { runInNewContext } from "node:vm"
import { gzipSync } from "node:zlib"
import { audienceFull, audienceId } from "./examples.ts"

/** What an application bundles that does this, without names that only one runtime knows. */
const bundled = async (
  program: string,
  platform: "browser" | "neutral",
  format: "esm" | "iife" = "esm"
): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL(".", import.meta.url)), loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    format,
    target: "es2022",
    platform,
    conditions: ["@audiences/source"],
    logLevel: "silent"
  })
  return outputFiles[0]!.text
}

/** All that the client may know of its surroundings. */
const web = {
  AbortController,
  Blob,
  crypto,
  clearTimeout,
  Headers,
  ReadableStream,
  setTimeout,
  URLSearchParams
}

const whole = `export * from "@audiences/client/promise"`

describe("the bundle of the Promise client", () => {
  it("is far below 90 kB gzip, for browsers and for no platform in particular", async () => {
    for (const platform of ["browser", "neutral"] as const) {
      const text = await bundled(whole, platform)
      // Some 7 kB when this was written. Effect in it would be far more.
      assert.isAtMost(gzipSync(text).length, 15_000, platform)
      assert.notMatch(text, /\bnode:|\brequire\(|\bprocess\.|\bBuffer\b/)
    }
  })

  it("leaves out what is not used", async () => {
    const all = await bundled(whole, "neutral")
    const errorsOnly = await bundled(
      `import { AudiencesError } from "@audiences/client/promise"; console.log(AudiencesError)`,
      "neutral"
    )
    assert.isBelow(errorsOnly.length, all.length / 4)
    assert.notInclude(errorsOnly, "/audiences")
  })

  it("runs where there is nothing but what browsers and workers have too", async () => {
    const program = await bundled(
      `import { AudiencesClient } from "@audiences/client/promise"
       const client = new AudiencesClient({ apiKey: "sk_test_secret", retry: { delayMillis: 1 } })
       answered(client.audiences.get(${JSON.stringify(audienceId)}))`,
      "neutral",
      "iife"
    )
    const answers = [Response.json({}, { status: 503 }), Response.json(audienceFull)]
    const name = await new Promise((resolve, reject) => {
      runInNewContext(program, {
        ...web,
        fetch: async () => answers.shift(),
        answered: (call: Promise<typeof audienceFull>) => call.then((audience) => resolve(audience.name), reject)
      })
    })
    assert.strictEqual(name, audienceFull.name)
  })
})
