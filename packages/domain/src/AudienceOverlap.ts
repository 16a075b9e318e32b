import { Schema } from "effect"
import { AudienceId } from "./AudienceId.ts"

export const maxOverlapping = 100

const uuid = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

export const overlapQuery = {
  /** 2 to 100 different ids with commas between them. */
  audienceIds: Schema.String.check(
    Schema.isPattern(new RegExp(`^${uuid}(,${uuid}){1,${maxOverlapping - 1}}$`, "u"), {
      expected: `2 to ${maxOverlapping} ids of audiences with commas between them`
    })
  )
}
export type OverlapQuery = Schema.Struct.Type<typeof overlapQuery>

/** How many consumers each two audiences have in common. */
export const AudienceOverlap = Schema.Struct({
  /** In the order asked for. */
  audiences: Schema.Array(Schema.Struct({ audienceId: AudienceId, name: Schema.String, count: Schema.Finite })),
  /** `intersections[i][j]`: members of both the i-th and the j-th; symmetric, with the counts on its diagonal. */
  intersections: Schema.Array(Schema.Array(Schema.Finite))
}).annotate({ identifier: "AudienceOverlap" })
export type AudienceOverlap = typeof AudienceOverlap.Type
