import { readFileSync, writeFileSync } from "node:fs"
import { consumersOf } from "./RetailSample.ts"

const folder = new URL("../../examples/retail/", import.meta.url)
writeFileSync(new URL("consumers.csv", folder), consumersOf(readFileSync(new URL("invoices.csv", folder), "utf8")))
