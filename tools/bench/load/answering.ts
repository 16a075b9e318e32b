import { createServer } from "node:http"

const body = Buffer.from(process.argv[2] ?? "")

/** Answers every request with the same bytes, and does nothing else. */
const server = createServer((_, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length })
  response.end(body)
}).listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as { port: number }).port}\n`))
