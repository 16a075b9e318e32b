/** What a `syncSource` such as `klaviyo:list` names; of one without a colon, a kind that no vendor has. */
export interface SourceName {
  readonly vendor: string
  readonly kind: string
}

export const sourceName = (syncSource: string): SourceName => {
  const colon = syncSource.indexOf(":")
  return colon === -1
    ? { vendor: syncSource, kind: "" }
    : { vendor: syncSource.slice(0, colon), kind: syncSource.slice(colon + 1) }
}
