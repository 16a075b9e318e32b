import type { HttpApiGroup } from "effect/http-api"
import { Api } from "@audiences/domain/api/Api"
import { except, tolerantGroup } from "./TolerantGroup.ts"

const groups = Api.groups as unknown as Readonly<Record<string, HttpApiGroup.Top>>

export const groupNames: ReadonlyArray<string> = Object.keys(groups)

/** The contract as a client reads it. Of the groups named, the others left out. */
export const tolerantApi = (names = groupNames): typeof Api =>
  except(Api, {
    groups: Object.fromEntries(
      names.flatMap((name) => (groups[name] === undefined ? [] : [[name, tolerantGroup(groups[name])]]))
    )
  })
