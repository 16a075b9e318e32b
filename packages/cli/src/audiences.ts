import { Command } from "effect/cli"
import { archive } from "./audiences/archive.ts"
import { count } from "./audiences/count.ts"
import { create } from "./audiences/create.ts"
import { list } from "./audiences/list.ts"
import { refresh } from "./audiences/refresh.ts"
import { show } from "./audiences/show.ts"
import { status } from "./audiences/status.ts"
import { update } from "./audiences/update.ts"
import { audit } from "./audit/audit.ts"
import { Yes } from "./confirmation/Confirmation.ts"
import { served } from "./connection/Server.ts"
import { consumers } from "./consumers/consumers.ts"
import { check } from "./gate/check.ts"
import { explain } from "./gate/explain.ts"
import { exportCommand } from "./exports/export.ts"
import { groups } from "./groups/groups.ts"
import { importCommand } from "./imports/import.ts"
import { imports } from "./imports/imports.ts"
import { integrations } from "./integrations/integrations.ts"
import { keys } from "./keys/keys.ts"
import { members } from "./members/members.ts"
import { orders } from "./orders/orders.ts"
import { organizations } from "./organizations/organizations.ts"
import { migrate } from "./migrations/migrate.ts"
import { Csv, checkFormat, Json, Query } from "./output/Format.ts"
import { overlap } from "./overlaps/overlap.ts"
import { apply } from "./plans/apply.ts"
import { plan } from "./plans/plan.ts"
import { pull } from "./plans/pull.ts"
import { preview } from "./previews/preview.ts"
import { login } from "./profiles/login.ts"
import { logout } from "./profiles/logout.ts"
import { ProfileFlag } from "./profiles/Profile.ts"
import { profiles } from "./profiles/profiles.ts"
import { settings } from "./settings/settings.ts"
import { sync } from "./syncs/sync.ts"
import { syncSources } from "./syncs/syncSources.ts"
import { history } from "./versions/history.ts"
import { snapshots } from "./versions/snapshots.ts"

// Help indents the first line by two.
const description = `Who is in which audience, right now, and why.

  Prints tables on a terminal, and JSON, one object per line, otherwise or with --json.
  Data goes to standard output, all else to standard error. - for a file is standard input.

ENVIRONMENT
  AUDIENCES_URL         Address of the server. If not set, that of the profile, else
                        http://127.0.0.1:4800/api
  AUDIENCES_SECRET_KEY  Key to use. If not set, that of the profile, else, if the server is on
                        this machine, the one it has written to <data directory>/secret-key
  AUDIENCES_PROFILE     The profile, if --profile does not name one
  AUDIENCES_DATA_DIR    Data directory of a server on this machine (./data)
  NO_COLOR              No colours

EXIT CODES
  0 ok; 1 failure, or somebody checked is not IN; 2 wrong command line or file;
  3 not found; 4 no key, a wrong one, or not allowed; 5 conflict;
  8 \`plan --check\` found something to do`

/** The whole command line. */
export const audiences = Command.make("audiences").pipe(
  Command.withDescription(description),
  Command.withSubcommands([
    {
      group: "AUDIENCES",
      commands: [
        served(list),
        served(show),
        served(create),
        served(update),
        served(archive),
        served(refresh),
        served(count),
        served(status),
        served(preview),
        groups
      ]
    },
    {
      group: "MEMBERSHIP",
      commands: [served(members), served(check), served(explain), served(history), snapshots, served(overlap)]
    },
    { group: "SYNCED LISTS", commands: [served(sync), syncSources, integrations] },
    { group: "CONSUMERS", commands: [served(importCommand), imports, served(exportCommand), consumers, orders] },
    { group: "AUDIENCES AS CODE", commands: [served(plan), served(apply), served(pull)] },
    {
      group: "ADMINISTRATION",
      commands: [keys, organizations, served(settings), served(audit), migrate]
    },
    { group: "CONNECTION", commands: [login, logout, profiles] }
  ]),
  Command.provideEffectDiscard(checkFormat),
  Command.withGlobalFlags([ProfileFlag, Json, Csv, Query, Yes])
)
