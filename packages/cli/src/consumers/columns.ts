import type { Consumer } from "@audiences/domain/Consumer"
import type { Shown } from "../output/Output.ts"

/** How lists show a consumer, whether by themselves or as members. */
export const columns: ReadonlyArray<Shown<Consumer>> = [
  { title: "ID", of: ({ id }) => id },
  { title: "NAME", shrinks: true, of: ({ fullName }) => fullName },
  { title: "EMAIL", shrinks: true, of: ({ email }) => email },
  { title: "EXTERNAL ID", shrinks: true, of: ({ primaryExternalId }) => primaryExternalId },
  { title: "ORDERS", align: "right", of: ({ totalOrders }) => totalOrders },
  { title: "LTV", align: "right", of: ({ ltv }) => ltv },
  { title: "LAST ORDER", of: ({ lastOrderAt }) => lastOrderAt }
]
