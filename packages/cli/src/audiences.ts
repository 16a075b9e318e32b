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
import { served } from "./connection/Server.ts"
import { consumers } from "./consumers/consumers.ts"
import { check } from "./gate/check.ts"
import { explain } from "./gate/explain.ts"
import { groups } from "./groups/groups.ts"
import { importCommand } from "./imports/import.ts"
import { integrations } from "./integrations/integrations.ts"
import { keys } from "./keys/keys.ts"
import { members } from "./members/members.ts"
import { orders } from "./orders/orders.ts"
import { organizations } from "./organizations/organizations.ts"
import { Json } from "./output/Json.ts"
import { overlap } from "./overlaps/overlap.ts"
import { apply } from "./plans/apply.ts"
import { plan } from "./plans/plan.ts"
import { pull } from "./plans/pull.ts"
import { preview } from "./previews/preview.ts"
import { settings } from "./settings/settings.ts"
import { sync } from "./syncs/sync.ts"
import { syncSources } from "./syncs/syncSources.ts"
import { history } from "./versions/history.ts"
import { snapshots } from "./versions/snapshots.ts"

// Help indents the first line by two.
const description = `Who is in which audience, right now, and why.

  Prints tables on a terminal, and JSON, one object per line, otherwise or with --json.
  Data goes to standard output, all else to standard error.

ENVIRONMENT
  AUDIENCES_URL         Address of the server (http://127.0.0.1:4800/api)
  AUDIENCES_SECRET_KEY  Key to use. If not set, and the server is on this machine, the key
                        that a server has written to <data directory>/secret-key
  AUDIENCES_DATA_DIR    Data directory of a server on this machine (./data)
  NO_COLOR              No colours

EXIT CODES
  0 ok; 1 failure, or somebody checked is not IN; 2 wrong command line or file;
  3 not found; 4 no key or a wrong one; 5 conflict;
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
    { group: "CONSUMERS", commands: [served(importCommand), consumers, orders] },
    { group: "AUDIENCES AS CODE", commands: [served(plan), served(apply), served(pull)] },
    { group: "ADMINISTRATION", commands: [keys, organizations, served(settings), served(audit)] }
  ]),
  Command.withGlobalFlags([Json])
)
