import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Sample } from "./Sample.ts"
import { Service } from "./Service.ts"

const root = new URL("../../", import.meta.url)
const print = (text = "") => process.stdout.write(`${text}\n`)

/** What a user would type, run as a user would run it: its table goes straight to this terminal. */
const audiences = (service: Service, ...parameters: ReadonlyArray<string>): Promise<void> =>
  new Promise((resolve, reject) => {
    print(`\n$ npm run audiences -- ${parameters.join(" ")}`)
    spawn(process.execPath, [fileURLToPath(new URL("packages/cli/bin/audiences.js", root)), ...parameters], {
      stdio: "inherit",
      env: { ...process.env, AUDIENCES_URL: service.baseUrl, AUDIENCES_SECRET_KEY: service.secretKey }
    })
      .on("error", reject)
      .on("exit", (code) =>
        code === 0 ? resolve() : reject(new Error(`audiences ${parameters[0]} ended with exit code ${code}`))
      )
  })

const curl = (service: Service): string =>
  [
    `curl -X POST ${service.baseUrl}/audiences \\`,
    `  -H 'Authorization: Bearer ${service.secretKey}' \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '{"name":"Big spenders","type":"DYNAMIC","rules":[{"field":"ltv","operator":"GREATER_THAN_OR_EQUAL","values":["5000"]}]}'`
  ].join("\n")

const giveUp = (error: unknown): void => {
  process.stderr.write(`quickstart: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

const service = await Service.start(root).catch((error: unknown) => {
  giveUp(error)
  process.exit()
})
try {
  const sample = await Sample.ready(service, new URL("examples/retail/consumers.csv", root), print)
  print()
  print(`${sample.listed.name}: ${sample.listedCount} members, as imported (STATIC_LIST)`)
  print(`${sample.regulars.name}: ${sample.regularsCount} members, by rules (DYNAMIC)`)
  await audiences(service, "members", sample.regulars.id, "--limit", "5")
  await audiences(service, "groups", "rfm", "show", sample.segmentsGroupId)
  print()
  print(`Key        ${service.secretKey}`)
  print(`API        ${service.baseUrl}`)
  print(`API docs   ${service.origin}/docs`)
  print(`\nTry it:\n\n${curl(service)}\n`)
  print("Serving until Ctrl-C.")
} catch (error) {
  giveUp(error)
  service.stop()
}
process.exitCode = (await service.ended) || process.exitCode
