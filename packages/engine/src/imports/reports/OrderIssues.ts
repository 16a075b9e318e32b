import { problemIssue } from "@audiences/domain/ValidationError"
import type { Identifier, Identifiers } from "../../consumers/Identity.ts"

const words: { readonly [Name in Identifier]: string } = { email: "email", phone: "phone", externalId: "external id" }

/** Why an order that can be read is not recorded. */
export const orderIssue = {
  nobody: (order: Identifiers, first: Identifier) =>
    problemIssue(order, {
      path: [first],
      type: "consumer",
      expected: "a live consumer",
      message: `Consumer not found: the ${words[first]} is nobody's. Import the consumers before their orders.`
    }),
  known: (order: { readonly orderId: string }) =>
    problemIssue(order, {
      path: ["orderId"],
      type: "mode",
      expected: "an order that is not known yet",
      message: "The order is recorded already, and the import only creates"
    }),
  unknown: (order: { readonly orderId: string }) =>
    problemIssue(order, {
      path: ["orderId"],
      type: "mode",
      expected: "an order that is known",
      message: "The order is not recorded yet, and the import only updates"
    }),
  tooMuch: (order: { readonly total: string }) =>
    problemIssue(order, {
      path: ["total"],
      type: "money",
      expected: "a lifetime value of at most 12 digits before the point",
      message: "The consumer's lifetime value would have more than 12 digits before the point"
    })
}
