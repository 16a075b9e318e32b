import { profile } from "../../../../tools/vitest/ScriptedVendor.ts"

/** People of whom some come twice, some are the same person by their address, and some are in conflict. */
export const madeUp = Array.from({ length: 3000 }, (_, i) =>
  profile(`p${i % 50 === 7 ? i - 5 : i}`, {
    email: i % 40 === 3 ? `P${i - 1}@example.com` : `p${i}@example.com`,
    phone: i % 90 === 11 ? "+14155550100" : null,
    firstName: `Person ${i}`
  })
)
