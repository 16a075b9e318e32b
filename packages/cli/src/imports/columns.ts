import type { FileImport } from "@audiences/domain/Import"
import type { Shown } from "../output/Output.ts"

export const columns: ReadonlyArray<Shown<FileImport>> = [
  { title: "ID", of: ({ id }) => id },
  { title: "STATUS", of: ({ status }) => status },
  { title: "ROWS", align: "right", of: ({ processedConsumers }) => processedConsumers },
  { title: "OF", align: "right", of: ({ totalConsumers }) => totalConsumers },
  { title: "REFUSED", align: "right", of: ({ errorCount }) => errorCount },
  { title: "CREATED", of: ({ createdAt }) => createdAt },
  { title: "KIND", of: ({ dryRun }) => (dryRun === true ? "dry run" : undefined) },
  { title: "REASON", shrinks: true, of: ({ failureReason }) => failureReason }
]
