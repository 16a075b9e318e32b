/** A generated consumer, by the names of the wire. Blank text means that the value is missing. */
export interface GeneratedConsumer {
  readonly email: string
  readonly phone: string
  readonly externalId: string
  readonly fullName: string
  readonly totalOrders: number
  readonly ltv: string
  readonly aov: string
  readonly lastOrderAt: string
  readonly loyaltyBalance: number
  readonly smsOptOut: boolean
  readonly lastGeoCountry: string
  readonly metadata: Record<string, unknown>
}

/** Milliseconds since 1970: the instant that relative rules are measured from. */
export declare const now: number
export declare const columns: ReadonlyArray<keyof GeneratedConsumer>
export declare const consumer: (i: number) => GeneratedConsumer
/** A line of CSV without its end. */
export declare const line: (consumer: GeneratedConsumer) => string
