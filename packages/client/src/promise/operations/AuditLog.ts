import type { AuditEntry, auditListQuery } from "@audiences/domain/AuditEntry"
import type { Calls } from "../Calls.ts"
import type { QueryOf, Resource } from "../Wire.ts"

type AuditQuery = QueryOf<typeof auditListQuery>

/** Who changed what, and when; newest first. */
export const auditLogOf = (calls: Calls) => ({
  list: (query: AuditQuery = {}) => calls.list<Resource<typeof AuditEntry>, AuditQuery>("/audit-log", query)
})
