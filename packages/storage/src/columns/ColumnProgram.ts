import { threadProgram } from "../threads/Thread.ts"

/** The program of the threads for columns. */
export const columnThread = threadProgram("columnThread", import.meta.url)
