import { person } from "./ImportTrial.ts"

const header = "orderId,email,externalId,orderedAt,total"

/** How many people buy what a file of so many orders has. */
export const buyers = (rows: number): number => Math.max(10, Math.ceil(rows / 10))

const order = (trial: string, i: number, buyer: number, cents: number): string =>
  `${trial}-o${i},${person(trial, buyer).email},,2026-01-${String((i % 28) + 1).padStart(2, "0")},${(cents / 100).toFixed(2)}`

/** The orders that are there before: every other one. */
export const knownOrders = (trial: string, rows: number): string =>
  [header, ...Array.from({ length: rows >> 1 }, (_, i) => order(trial, i * 2, (i * 2) % buyers(rows), i * 2))].join(
    "\n"
  ) + "\n"

/** Orders that are new, changed, unchanged, moved to others, repeated, of nobody or of two people, and rows that cannot be read. */
export const orderFile = (trial: string, rows: number): string => {
  const all = buyers(rows)
  const lines = Array.from({ length: rows }, (_, i) => {
    if (i % 20 === 7) return `${trial}-o${i},nobody${i}.${trial}@example.com,,2026-01-01,1`
    if (i % 20 === 9) return `${trial}-o${i},${person(trial, i % all).email},,2026-01-01,a lot`
    if (i % 20 === 12) return order(trial, (i * 7) % rows, (i * 3) % all, i)
    if (i % 20 === 15)
      return `${trial}-o${i},${person(trial, i % all).email},${person(trial, (i + 1) % all).externalId},2026-01-01,1`
    if (i % 6 === 2) return order(trial, i, (i + 1) % all, i * 3)
    return order(trial, i, i % all, i)
  })
  return [header, ...lines].join("\n") + "\n"
}
