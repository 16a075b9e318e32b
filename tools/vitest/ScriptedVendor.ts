import {
  type Connector,
  type ConnectorError,
  CursorExpired,
  ListNotFound,
  type MemberPage,
  type VendorProfile
} from "@audiences/engine/connectors/Connector"
import { Connectors } from "@audiences/engine/connectors/Connectors"
import { IntegrationNotFound } from "@audiences/domain/Integration"
import { Integrations } from "@audiences/engine/integrations/Integrations"
import { Effect, Layer, Option, Stream } from "effect"

/** What happens where the next page is asked for: a failure, `broken` (the stream ends there), or `defect`. Null: the page comes. */
export type Incident = ConnectorError | "broken" | "defect" | null

/** A list as a vendor has it, with what is to happen to whom reads it. */
export interface ScriptedList {
  name: string
  profiles: ReadonlyArray<VendorProfile>
  pageSize: number
  /** Taken one by one; when there are none left, all is well. */
  incidents: Array<Incident>
  /** Cursors of an older generation are expired. */
  generation: number
}

export const profile = (id: string, more: Partial<VendorProfile> = {}): VendorProfile => ({
  id,
  email: null,
  phone: null,
  firstName: null,
  lastName: null,
  properties: {},
  ...more
})

/** A vendor that does what a script says. */
export class ScriptedVendor {
  readonly lists = new Map<string, ScriptedList>()
  /** Who is on a list of which nothing was said; null: there is none. */
  others: ((id: string) => ReadonlyArray<VendorProfile>) | null = null
  /** Pages that were given. */
  pages = 0
  readonly vendor: string

  constructor(vendor = "klaviyo") {
    this.vendor = vendor
  }

  /** Makes a list, or says what it has from now on. */
  has(id: string, profiles: ReadonlyArray<VendorProfile>, more: Partial<ScriptedList> = {}): ScriptedList {
    const list = { name: `List ${id}`, profiles, pageSize: 2, incidents: [], generation: 0, ...more }
    this.lists.set(id, list)
    return list
  }

  #page(list: ScriptedList, cursor: string | null): Effect.Effect<MemberPage | "broken", ConnectorError> {
    const incident = list.incidents.shift() ?? null
    if (incident === "broken") return Effect.succeed("broken")
    if (incident === "defect") return Effect.die(new Error("a defect of the connector"))
    if (incident !== null) return Effect.fail(incident)
    const [generation, offset] = (cursor ?? `${list.generation}:0`).split(":").map(Number) as [number, number]
    if (generation !== list.generation) return Effect.fail(new CursorExpired({ message: "The cursor has expired" }))
    this.pages++
    const end = offset + list.pageSize
    return Effect.succeed({
      profiles: list.profiles.slice(offset, end),
      cursor: end >= list.profiles.length ? null : `${generation}:${end}`
    })
  }

  #list(id: string) {
    const list = this.lists.get(id) ?? (this.others === null ? undefined : this.has(id, this.others(id)))
    return list === undefined
      ? Effect.fail(new ListNotFound({ message: `There is no list ${id}` }))
      : Effect.succeed(list)
  }

  readonly connector: Connector = {
    vendor: "scripted",
    kinds: ["list"],
    lists: () => Stream.empty,
    list: (_, kind, id) =>
      Effect.map(this.#list(id), ({ name, profiles }) => ({ kind, id, name, memberCount: profiles.length })),
    members: (_, __, id, since) =>
      Stream.unwrap(
        Effect.map(this.#list(id), (list) =>
          Stream.paginate(since, (cursor) =>
            Effect.map(this.#page(list, cursor), (page) =>
              page === "broken"
                ? ([[], Option.none<string | null>()] as const)
                : ([
                    [page],
                    page.cursor === null ? Option.none<string | null>() : Option.some<string | null>(page.cursor)
                  ] as const)
            )
          )
        )
      )
  }
}

/** Vendors that do as scripted. */
export const scriptedConnectors = (vendors: ReadonlyArray<ScriptedVendor>) =>
  Layer.succeed(Connectors, new Map(vendors.map(({ connector, vendor }) => [vendor, { ...connector, vendor }])))

/** Every organization has an account at each of the vendors, which takes `properties` over. */
export const scriptedIntegrations = (
  vendors: ReadonlyArray<ScriptedVendor>,
  properties: Readonly<Record<string, string>> = {}
) =>
  Layer.mock(Integrations, {
    credentials: (_, vendor) =>
      vendors.some((each) => each.vendor === vendor)
        ? Effect.succeed({ credentials: {}, properties })
        : Effect.fail(new IntegrationNotFound())
  })
