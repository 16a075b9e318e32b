import { consumerFields, fieldAliases } from "@audiences/domain/ConsumerField"

const names = [...Object.keys(consumerFields), ...Object.keys(fieldAliases)]

const bare = (name: string): string => name.replace(/[\s._-]/g, "").toLowerCase()

/** Edits (insert, delete, replace a character) that lead from one text to the other. */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[to.length]!
}

/** The field that a caller most likely meant by a name that is none: a quarter of its letters may differ. */
export const suggestField = (name: string): string | undefined => {
  const wanted = bare(name)
  if (wanted.length > 60) return undefined
  let nearest: { readonly name: string; readonly distance: number } | undefined
  for (const each of names) {
    const edits = distance(wanted, bare(each))
    if (edits <= each.length / 4 && edits < (nearest?.distance ?? Infinity)) nearest = { name: each, distance: edits }
  }
  return nearest?.name
}
