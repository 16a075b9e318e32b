/** Every code that `audiences` exits with. The list is closed: scripts may rely on it. 130 is a shell's own, after Ctrl-C. */
export const ExitCode = {
  ok: 0,
  /** The server refused, failed, or could not be reached, an import or a sync FAILED, somebody checked is not IN, or an expectation is missed. */
  failure: 1,
  /** The command line, or a file it names, makes no sense. */
  usage: 2,
  notFound: 3,
  /** No key, a wrong key, or an inactive organization. */
  auth: 4,
  conflict: 5,
  /** `plan --check` found something to do. */
  pending: 8
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]
