import type { RfmExplanation, RfmGroup, RfmInput } from "@audiences/domain/Rfm"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { Resource } from "../Wire.ts"

/** Ranks of recency, frequency and amount, and an audience for each segment of them. */
export const rfmOf = (calls: Calls) => ({
  create: (segmentation: Resource<typeof RfmInput>) =>
    calls.call<Resource<typeof RfmGroup>>("POST", "/audiences/rfm", { body: segmentation }),
  get: (groupId: string) => calls.call<Resource<typeof RfmGroup>>("GET", path`/audiences/rfm/${groupId}`),
  replace: (groupId: string, segmentation: Resource<typeof RfmInput>) =>
    calls.call<Resource<typeof RfmGroup>>("PUT", path`/audiences/rfm/${groupId}`, { body: segmentation }),
  /** Asks for a scoring; answers while it is in progress. */
  run: (groupId: string) => calls.call<Resource<typeof RfmGroup>>("POST", path`/audiences/rfm/${groupId}/runs`),
  explain: (groupId: string, consumerId: string) =>
    calls.call<Resource<typeof RfmExplanation>>("GET", path`/audiences/rfm/${groupId}/consumers/${consumerId}`)
})
