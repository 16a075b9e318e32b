import { RulesReplace } from "@audiences/domain/Rule"
import { decodeBody } from "../audiences/payload.ts"

/** The body that puts rule lines in place of all that an audience has; each names its audience there. */
export const replacement = (audienceId: string, lines: unknown) =>
  decodeBody(RulesReplace, {
    rules: Array.isArray(lines)
      ? lines.map((line) => (typeof line === "object" && line !== null ? { ...line, audienceId } : line))
      : lines
  })
