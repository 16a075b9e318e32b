import { problemIssue, type ValidationIssue } from "@audiences/domain/ValidationError"
import type { ChunkRefused } from "../ImportRepo.ts"

/** Of a row that passed every check of ours. */
export const refusedRow = ({ message }: ChunkRefused): ValidationIssue =>
  problemIssue(undefined, { path: [], type: "database", expected: "what the database can keep", message })
