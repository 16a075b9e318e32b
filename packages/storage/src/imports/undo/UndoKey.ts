import type { AudienceId } from "@audiences/domain/AudienceId"
import type { ImportId } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"

/** The import that is undone. */
export interface UndoKey {
  readonly organizationId: OrganizationId
  readonly id: ImportId
  /** Null: it made nobody a member. */
  readonly audienceId: AudienceId | null
}
