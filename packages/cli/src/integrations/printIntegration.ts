import type { Integration } from "@audiences/domain/Integration"
import { printRecord } from "../output/Output.ts"

const pairs = (map: Readonly<Record<string, string>>) =>
  Object.entries(map)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ")

/** For people: a line for credentials and one for properties. */
export const shownIntegration = (integration: Integration): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries({
    ...integration,
    credentials: pairs(integration.credentials),
    properties: pairs(integration.properties)
  })

export const printIntegration = (integration: Integration) => printRecord(integration, shownIntegration(integration))
