/** Major and minor of the oldest Node that runs the server. */
const oldest = [22, 19] as const

/** What is said of a Node that is too old; undefined: it is not. `version` as in `process.versions.node`. */
export const refusedNode = (version: string): string | undefined => {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return undefined
  return (
    `audiences: the server needs Node ${oldest.join(".")} or later, and this is ${version}. ` +
    "`npm start` runs it by the Node that is installed with its packages (node_modules/.bin/node)."
  )
}
