/** As far as following an import needs to know it. */
interface Followed {
  readonly id: string
  readonly status: string
  readonly progress: number
  readonly processedConsumers: number
}

/** How long to wait before looking again, the first time for 0: a small file is soon done, a large one is no reason to ask often. */
export const lookAgainMillis = (looked: number): number => Math.min(5000, 250 * 2 ** Math.min(looked, 10))

/** How many looks in a row may fail while a server restarts: the import goes on there, and a minute is no reason to lose it. */
export const patience = 10

export const isOver = ({ status }: Followed): boolean => status === "COMPLETED" || status === "FAILED"

/** Whether there is something to tell. */
export const isNews = (before: Followed, now: Followed): boolean =>
  before.status !== now.status ||
  before.progress !== now.progress ||
  before.processedConsumers !== now.processedConsumers

export const failureText = ({ failureReason }: { readonly failureReason?: string | null }): string =>
  `The import failed${failureReason == null ? "" : `: ${failureReason}`}`

export const lostText = "The import can no longer be found: twenty others of the audience have begun since"
