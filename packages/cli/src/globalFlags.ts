import { Yes } from "./confirmation/Confirmation.ts"
import { Csv, Json, Query } from "./output/Format.ts"
import { ProfileFlag } from "./profiles/Profile.ts"

/** Flags that every command takes. */
export const globalFlags = [ProfileFlag, Json, Csv, Query, Yes] as const
