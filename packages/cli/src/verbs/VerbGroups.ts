import type { AnyCommand } from "./AnyCommand.ts"

/** Verbs that are listed and loaded together. */
export interface VerbGroup {
  readonly group: string
  /** Of each verb by its name, in one line: the list of verbs is shown without any of them being loaded. */
  readonly summaries: Readonly<Record<string, string>>
  readonly load: () => Promise<{ readonly verbs: ReadonlyArray<AnyCommand> }>
}

/** Every verb, in the order of the list that help shows. */
export const verbGroups: ReadonlyArray<VerbGroup> = [
  {
    group: "AUDIENCES",
    summaries: {
      list: "List audiences, newest first",
      show: "Show an audience and its rules",
      create: "Create an audience",
      update: "Change an audience; what is not given stays",
      archive: "Archive an audience: it leaves the lists and stops refreshing, for good",
      refresh: "Evaluate a DYNAMIC audience now",
      count: "Count the members of an audience",
      status: "Show how fresh the membership of an audience is",
      preview: "Try rules out: how many they select, and who would enter and leave an audience",
      rules: "Rules of a DYNAMIC audience, one by one or all at once",
      groups: "Audiences that belong together, such as the tiers of a programme"
    },
    load: () => import("./AudienceVerbs.ts")
  },
  {
    group: "MEMBERSHIP",
    summaries: {
      members: "List the members of an audience, or change those of a STATIC_LIST",
      check: "Check whether consumers are in an audience; exit 0 if all of them are IN, 1 if not",
      explain: "Explain why a consumer is in an audience or not, since when, and what would change it",
      history: "List what entered and left an audience, when and why, newest first",
      versions: "Versions of a membership, and how much it moves",
      snapshots: "Memberships that are kept under a name",
      overlap: "Show how many members audiences have in common, as a heat map on a terminal"
    },
    load: () => import("./MembershipVerbs.ts")
  },
  {
    group: "SYNCED LISTS",
    summaries: {
      sync: "Sync a SYNCED_LIST with its source now",
      "sync-sources": "Sync sources: the lists elsewhere that audiences are kept equal to",
      integrations: "Accounts at vendors whose lists audiences are synced with"
    },
    load: () => import("./SyncVerbs.ts")
  },
  {
    group: "CONSUMERS",
    summaries: {
      import: "Import consumers from a CSV file into a STATIC_LIST",
      imports: "Imports of an audience: what became of them, their refused rows, and an end to them",
      export: "Export the members of an audience, as of now",
      consumers: "People with attributes, orders and loyalty points",
      orders: "What consumers bought",
      activities: "What consumers did, and what was done for them",
      loyalty: "Loyalty points: how those of a consumer moved"
    },
    load: () => import("./ConsumerVerbs.ts")
  },
  {
    group: "AUDIENCES AS CODE",
    summaries: {
      plan: "Show what `apply` would do: changes of definitions, who would enter and leave",
      apply: "Make the audiences of the server as a file says; again, it does nothing",
      pull: "Write the audiences of the server as a file for `plan` and `apply`"
    },
    load: () => import("./CodeVerbs.ts")
  },
  {
    group: "ADMINISTRATION",
    summaries: {
      keys: "API keys: who may speak for the organization",
      organizations: "Tenants",
      settings: "Show the settings of the organization, or change them",
      audit: "List who changed what, and when, newest first",
      migrate: "Copy audiences, groups, consumers and lists from another server of the contract"
    },
    load: () => import("./AdministrationVerbs.ts")
  },
  {
    group: "CONNECTION",
    summaries: {
      login: "Test a key against its server, and keep both as a profile",
      logout: "Forget a profile and its key",
      profiles: "Servers, and the keys that `login` has kept for them"
    },
    load: () => import("./ConnectionVerbs.ts")
  },
  {
    group: "THE COMMAND",
    summaries: {
      help: "Show how a command is used, with examples",
      completions: "Print a script that completes commands and flags in a shell"
    },
    load: () => import("./CommandVerbs.ts")
  }
]
