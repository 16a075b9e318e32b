import type { Audience } from "@audiences/domain/Audience"
import type { Rule } from "@audiences/domain/Rule"
import type { Shown } from "../output/Output.ts"

/** How lists show an audience, with its rules or without. */
export const columns: ReadonlyArray<Shown<Audience & { readonly rules?: ReadonlyArray<Rule> }>> = [
  { title: "ID", of: ({ id }) => id },
  { title: "NAME", shrinks: true, of: ({ name }) => name },
  { title: "TYPE", of: ({ type }) => type },
  { title: "RULES", align: "right", of: ({ rules }) => rules?.length },
  { title: "REFRESHED", of: ({ lastRefreshedAt }) => lastRefreshedAt }
]
