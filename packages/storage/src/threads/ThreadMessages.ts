export type Request<Body> = { readonly id: number; readonly body: Body }
export type Answer<Body> =
  { readonly id: number; readonly body: Body } | { readonly id: number; readonly failure: string }

/** What became of a request that failed. */
export const failed = (id: number, error: unknown): Answer<never> => ({
  id,
  failure: error instanceof Error ? (error.stack ?? error.message) : String(error)
})
