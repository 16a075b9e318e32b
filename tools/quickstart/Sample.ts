import { AudiencesClient } from "@audiences/client/promise"
import { readFile } from "node:fs/promises"
import { setTimeout } from "node:timers/promises"
import type { Service } from "./Service.ts"

const listName = "Retail customers"
const segmentsName = "Segments by recency, frequency and amount"
const regularsName = "Regulars or big spenders of autumn 2011"
const [regular, bigSpender] = ["019a0000-0000-7000-8000-000000000001", "019a0000-0000-7000-8000-000000000002"]

/** The sample's customers bought in 2010 and 2011, so its rules name fixed instants. */
const regularsRules = [
  { groupId: regular, field: "totalOrders", operator: "GREATER_THAN_OR_EQUAL", values: [5] },
  { groupId: regular, field: "lastOrderAt", operator: "GREATER_THAN_OR_EQUAL", values: ["2011-09-01"] },
  { groupId: bigSpender, field: "ltv", operator: "GREATER_THAN_OR_EQUAL", values: ["5000"] },
  { groupId: bigSpender, field: "lastOrderAt", operator: "GREATER_THAN_OR_EQUAL", values: ["2011-09-01"] }
] as const

interface Named {
  readonly id: string
  readonly name: string
}

/** The day after the last order of the sample. */
const segmentsAsOf = "2011-12-10"

/** The audiences of the quickstart, made from the retail sample. */
export class Sample {
  readonly listed: Named
  readonly listedCount: number
  readonly regulars: Named
  readonly regularsCount: number
  /** The group of the RFM segments. */
  readonly segmentsGroupId: string

  private constructor(
    listed: Named,
    listedCount: number,
    regulars: Named,
    regularsCount: number,
    segmentsGroupId: string
  ) {
    this.listed = listed
    this.listedCount = listedCount
    this.regulars = regulars
    this.regularsCount = regularsCount
    this.segmentsGroupId = segmentsGroupId
  }

  /** Makes what is missing: a second run finds everything in place. */
  static async ready(service: Service, file: URL, print: (text: string) => void): Promise<Sample> {
    const client = new AudiencesClient({ baseUrl: service.baseUrl, apiKey: service.secretKey })
    const find = async (name: string) => {
      for await (const audience of client.audiences.list({ first: 100, search: name })) {
        if (audience.name === name) return audience
      }
      return undefined
    }
    const listed = (await find(listName)) ?? (await client.audiences.create({ name: listName, type: "STATIC_LIST" }))
    if (!listed.imports.some((each) => each.status === "COMPLETED")) {
      const { processedConsumers } = await client.imports.upload(listed.id, await readFile(file))
      print(
        `Imported ${processedConsumers} consumers from examples/retail/consumers.csv (UCI Online Retail, CC BY 4.0, Dr Daqing Chen).`
      )
    }
    const regulars =
      (await find(regularsName)) ??
      (await client.audiences.create({ name: regularsName, type: "DYNAMIC", rules: regularsRules }))
    while ((await client.audiences.status(regulars.id)).inProgress) await setTimeout(50)
    return new Sample(
      listed,
      (await client.audiences.count(listed.id)).count,
      regulars,
      (await client.audiences.count(regulars.id)).count,
      await segmented(client)
    )
  }
}

/** Scores the sample's customers, unless that is done; the id of the group of their segments. */
const segmented = async (client: AudiencesClient): Promise<string> => {
  let groupId: string | undefined
  for await (const audience of client.audiences.list({ first: 100, type: "DYNAMIC" }))
    if (audience.groupType === "RFM" && audience.groupName === segmentsName) groupId = audience.groupId ?? undefined
  groupId ??= (
    await client.rfm.create({ groupName: segmentsName, method: { asOf: segmentsAsOf }, intervalSeconds: null })
  ).groupId
  while ((await client.rfm.get(groupId)).inProgress) await setTimeout(50)
  for (const { id } of (await client.rfm.get(groupId)).audiences)
    for (let isFresh = false; !isFresh; await setTimeout(50)) {
      const { inProgress, stale } = await client.audiences.status(id)
      isFresh = !inProgress && !stale
    }
  return groupId
}
