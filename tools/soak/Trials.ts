import { knownFile, peopleFile, trialFile } from "./ImportTrial.ts"
import { buyers, knownOrders, orderFile } from "./OrderTrial.ts"

/** A file, and the address below which its import is opened. */
export interface TrialFile {
  readonly place: string
  readonly file: string
}

/** What a trial of a kind imports. Its people are in `list`: what the list's export says of them is what came of it. */
export interface Trial {
  /** One after the other, before anything is disturbed. */
  readonly before: ReadonlyArray<TrialFile>
  readonly disturbed: TrialFile
}

export const trials = {
  consumers: (name: string, list: string, rows: number): Trial => ({
    before: [{ place: `/audiences/${list}`, file: knownFile(name, rows) }],
    disturbed: { place: `/audiences/${list}`, file: trialFile(name, rows) }
  }),
  orders: (name: string, list: string, rows: number): Trial => ({
    before: [
      { place: `/audiences/${list}`, file: peopleFile(name, buyers(rows)) },
      { place: "/orders", file: knownOrders(name, rows) }
    ],
    disturbed: { place: "/orders", file: orderFile(name, rows) }
  })
}

export type TrialKind = keyof typeof trials

export const isTrialKind = (text: string): text is TrialKind => Object.hasOwn(trials, text)
