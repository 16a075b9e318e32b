const takesFields = new Set(["--json", "--csv"])
const severalFields = /^[\w.]+(,[\w.]+)+$/

/** `--json id,name` as `--json=id,name`. One word alone is left: it may as well be an argument. */
export const attachFields = (args: ReadonlyArray<string>): ReadonlyArray<string> => {
  const attached: Array<string> = []
  for (const [i, arg] of args.entries()) {
    if (arg === "--") return [...attached, ...args.slice(i)]
    const last = attached.at(-1)
    if (last !== undefined && takesFields.has(last) && severalFields.test(arg))
      attached[attached.length - 1] = `${last}=${arg}`
    else attached.push(arg)
  }
  return attached
}
