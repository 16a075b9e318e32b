import { Layer } from "effect"
import { Migrator } from "effect/sql"
import organizations from "./migrations/0001_organizations.ts"
import consumers from "./migrations/0002_consumers.ts"
import audiences from "./migrations/0003_audiences.ts"
import memberships from "./migrations/0004_memberships.ts"
import changes from "./migrations/0005_changes.ts"
import imports from "./migrations/0006_imports.ts"
import following from "./migrations/0011_following.ts"
import orders from "./migrations/0012_orders.ts"
import administration from "./migrations/0013_administration.ts"
import lists from "./migrations/0014_lists.ts"
import requests from "./migrations/0015_requests.ts"
import versions from "./migrations/0016_versions.ts"
import spreadsheets from "./migrations/0017_spreadsheets.ts"
import rfm from "./migrations/0018_rfm.ts"
import importStaging from "./migrations/0019_import_staging.ts"
import importReports from "./migrations/0020_import_reports.ts"
import orderImports from "./migrations/0021_order_imports.ts"
import rfmRuns from "./migrations/0022_rfm_runs.ts"
import integrations from "./migrations/0023_integrations.ts"
import syncs from "./migrations/0024_syncs.ts"
import orderImportChanges from "./migrations/0025_order_import_changes.ts"
import orderImportTotals from "./migrations/0026_order_import_totals.ts"
import importErasures from "./migrations/0027_import_erasures.ts"
import undoRetention from "./migrations/0028_undo_retention.ts"
import undoInTurn from "./migrations/0029_undo_in_turn.ts"

/** Building this layer brings the database up to date. */
export const Migrations = Layer.effectDiscard(
  Migrator.make({})({
    loader: Migrator.fromRecord({
      "0001_organizations": organizations,
      "0002_consumers": consumers,
      "0003_audiences": audiences,
      "0004_memberships": memberships,
      "0005_changes": changes,
      "0006_imports": imports,
      "0011_following": following,
      "0012_orders": orders,
      "0013_administration": administration,
      "0014_lists": lists,
      "0015_requests": requests,
      "0016_versions": versions,
      "0017_spreadsheets": spreadsheets,
      "0018_rfm": rfm,
      "0019_import_staging": importStaging,
      "0020_import_reports": importReports,
      "0021_order_imports": orderImports,
      "0022_rfm_runs": rfmRuns,
      "0023_integrations": integrations,
      "0024_syncs": syncs,
      "0025_order_import_changes": orderImportChanges,
      "0026_order_import_totals": orderImportTotals,
      "0027_import_erasures": importErasures,
      "0028_undo_retention": undoRetention,
      "0029_undo_in_turn": undoInTurn
    })
  })
)
