import { readFile } from "node:fs/promises"

/** A tick of Linux's process accounts, in milliseconds. */
const tick = 10

/** Milliseconds that a process has computed so far, in user and kernel mode. Undefined where there is no `/proc`. */
export const processMillis = async (pid: number): Promise<number | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined)
  if (stat === undefined) return undefined
  // The name of the program, in parentheses, may hold blanks; state is the third field, utime and stime are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return (Number(fields[11]) + Number(fields[12])) * tick
}
