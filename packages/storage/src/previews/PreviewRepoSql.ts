import type { AudienceId } from "@audiences/domain/AudienceId"
import { AudienceNotFound, AudienceType } from "@audiences/domain/Audience"
import type { OrganizationId } from "@audiences/domain/Organization"
import { AudienceTypeMismatch } from "@audiences/engine/audiences/AudienceRepo"
import { PreviewRepo } from "@audiences/engine/previews/PreviewRepo"
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { consumersByOrdinals } from "../consumers/FullConsumers.ts"
import { readBlocks } from "../memberships/StoredBlocks.ts"

const decodeTypes = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ type: AudienceType })))

export const PreviewRepoSql = Layer.effect(
  PreviewRepo,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    return PreviewRepo.of({
      members: Effect.fn("PreviewRepo.members")(
        function* (organizationId: OrganizationId, audienceId: AudienceId) {
          const rows = yield* sql`
            SELECT type FROM audiences WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid`
          const [audience] = yield* decodeTypes(rows)
          if (audience === undefined) return yield* new AudienceNotFound()
          if (audience.type !== "DYNAMIC") return yield* new AudienceTypeMismatch({ type: audience.type })
          return yield* readBlocks(sql, organizationId, audienceId, "all")
        },
        Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
      ),
      consumers: Effect.fn("PreviewRepo.consumers")((organizationId, ordinals) =>
        consumersByOrdinals(sql, organizationId, ordinals)
      )
    })
  })
)
