import { Effect, DateTime } from "effect"
import type { SqlClient } from "effect/sql"
export const addStaticMembers = (sql: SqlClient.SqlClient, org: string, aud: string, ordinals: ReadonlyArray<number>, source: string, now: DateTime.Utc) =>
 Effect.asVoid(sql`INSERT INTO static_members (organization_id, audience_id, ordinal, source, since) SELECT ${org}::uuid, ${aud}::uuid, o, ${source}, ${DateTime.formatIso(now)}::timestamptz FROM unnest(${ordinals}::int[]) o ON CONFLICT DO NOTHING`)
