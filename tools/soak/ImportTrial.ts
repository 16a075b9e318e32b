import { parse } from "csv-parse/sync"

/** What people of one trial are told apart by from those of another. */
export const person = (trial: string, i: number) => ({
  email: `p${i}.${trial}@example.com`,
  externalId: `${trial}-${i}`
})

const header = "email,externalId,fullName,totalOrders,ltv,tier,metadata"

const row = (trial: string, i: number, about: number, name: string): string => {
  const { email, externalId } = person(trial, about)
  return `${email},${externalId},${name} ${about},${i % 4},${(i / 3).toFixed(2)},${i % 3 === 0 ? "gold" : ""},"{""seen"":${i}}"`
}

/** So many people. */
export const peopleFile = (trial: string, people: number): string =>
  [header, ...Array.from({ length: people }, (_, i) => row(trial, i, i, "Known"))].join("\n") + "\n"

/** The people that are there before: every other one. */
export const knownFile = (trial: string, rows: number): string =>
  [header, ...Array.from({ length: rows >> 1 }, (_, i) => row(trial, i * 2, i * 2, "Known"))].join("\n") + "\n"

/** People who are new, changed, unchanged, repeated, in conflict with one another, and rows that cannot be read. */
export const trialFile = (trial: string, rows: number): string => {
  const lines = Array.from({ length: rows }, (_, i) => {
    if (i % 20 === 7) return `nobody,,,,,,`
    if (i % 20 === 9) return `x${i}.${trial}@example.com,${trial}-${i - 9},Thief,,,,`
    if (i % 20 === 12) return row(trial, i, (i * 7) % rows, "Again")
    return row(trial, i, i, i % 4 === 0 ? "Known" : "New")
  })
  return [header, ...lines].join("\n") + "\n"
}

/** What differs between two imports of the same file. */
const passing = new Set(["id", "createdAt", "createdBy", "updatedAt", "updatedBy"])

/** The people of an export, as they would be in any other trial, sorted. */
export const withoutTrial = (csv: string, trial: string): ReadonlyArray<string> =>
  parse<Record<string, string>>(csv, { columns: true })
    .map((each) =>
      JSON.stringify(Object.entries(each).filter(([name]) => !passing.has(name))).replaceAll(trial, "trial")
    )
    .sort()
