import { parse, stringify } from "yaml"

/** A module of its own, to be imported only by those who read or write YAML: it would slow down the start of all others. */
export const Yaml = {
  parse: (text: string): unknown => parse(text),
  stringify: (value: unknown): string => stringify(value)
}
