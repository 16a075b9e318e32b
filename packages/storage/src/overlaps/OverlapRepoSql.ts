import { AudienceNotFound } from "@audiences/domain/Audience"
import { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Block } from "@audiences/engine/memberships/Block"
import { OverlapRepo } from "@audiences/engine/overlaps/OverlapRepo"
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"

const decode = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      id: AudienceId,
      name: Schema.String,
      block: Schema.NullOr(Schema.Finite),
      bits: Schema.NullOr(Schema.Uint8Array)
    })
  )
)

export const OverlapRepoSql = Layer.effect(
  OverlapRepo,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const read = Effect.fn("OverlapRepo.read")(
      function* (organizationId: OrganizationId, audienceIds: ReadonlyArray<AudienceId>) {
        // One statement: all of them as they are at one instant.
        const rows = yield* sql`
          SELECT a.id, a.name, b.block, b.bits FROM audiences a
          LEFT JOIN audience_blocks b ON b.organization_id = a.organization_id AND b.audience_id = a.id
          WHERE a.organization_id = ${organizationId}::uuid AND a.id = ANY(${audienceIds}::uuid[])`
        const found = new Map<AudienceId, { readonly name: string; readonly blocks: Map<number, Block> }>()
        for (const { bits, block, id, name } of yield* decode(rows)) {
          const audience = found.get(id) ?? { name, blocks: new Map<number, Block>() }
          if (block !== null && bits !== null) audience.blocks.set(block, bits)
          found.set(id, audience)
        }
        return yield* Effect.forEach(audienceIds, (audienceId) => {
          const audience = found.get(audienceId)
          return audience === undefined
            ? Effect.fail(new AudienceNotFound())
            : Effect.succeed({ audienceId, ...audience })
        })
      },
      Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
    )

    return OverlapRepo.of({ read })
  })
)
