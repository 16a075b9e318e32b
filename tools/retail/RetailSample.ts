import { parse } from "csv-parse/sync"

/** The columns of the sample, as the import of consumers names them. */
export const columns = ["externalId", "totalOrders", "ltv", "aov", "lastOrderAt"] as const

interface Totals {
  orders: bigint
  /** Hundredths, exact: the invoices have two decimals. */
  cents: bigint
  lastOrderAt: string
}

/** `numerator / denominator` as a decimal of at most `digits` places, ties to even. */
const divide = (numerator: bigint, denominator: bigint, digits: number): string => {
  const scaled = numerator * 10n ** BigInt(digits)
  const quotient = scaled / denominator
  const twice = (scaled % denominator) * 2n
  const rounded = twice > denominator || (twice === denominator && quotient % 2n === 1n) ? quotient + 1n : quotient
  return decimal(rounded, digits)
}

const decimal = (units: bigint, digits: number): string => {
  const text = units.toString().padStart(digits + 1, "0")
  const fraction = text.slice(-digits).replace(/0+$/, "")
  return text.slice(0, -digits) + (fraction === "" ? "" : `.${fraction}`)
}

const cents = (amount: string): bigint => {
  const match = /^(\d+)(?:\.(\d{1,2}))?$/.exec(amount)
  if (match === null) throw new Error(`not an amount with at most two decimals: ${amount}`)
  return BigInt(match[1]!) * 100n + BigInt((match[2] ?? "").padEnd(2, "0"))
}

/** One consumer per customer of the invoices (`invoice,invoice_date,customer_id,total_price`), in the order of their numbers. */
export const consumersOf = (invoices: string): string => {
  const customers = new Map<number, Totals>()
  for (const [, date, customer, total] of parse(invoices, { from_line: 2 }) as Array<
    [string, string, string, string]
  >) {
    const known = customers.get(Number(customer))
    if (known === undefined) customers.set(Number(customer), { orders: 1n, cents: cents(total), lastOrderAt: date })
    else {
      known.orders += 1n
      known.cents += cents(total)
      if (date > known.lastOrderAt) known.lastOrderAt = date
    }
  }
  const lines = [...customers]
    .sort(([a], [b]) => a - b)
    .map(([customer, totals]) =>
      [
        customer,
        totals.orders,
        decimal(totals.cents, 2),
        divide(totals.cents, totals.orders * 100n, 8),
        `${totals.lastOrderAt}T00:00:00Z`
      ].join(",")
    )
  return [columns.join(","), ...lines, ""].join("\n")
}
