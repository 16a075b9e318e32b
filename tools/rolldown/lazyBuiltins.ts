import type { Plugin } from "rolldown"

/** Modules of Node that start TLS or its ciphers up, which takes longer than many a program. */
const slow = /^node:(crypto|tls)$/
const prefix = "\0lazy:"

const named = (name: string): string =>
  `export function ${name}(...args) { const f = load().${name}; return new.target === undefined ? f(...args) : Reflect.construct(f, args) }`

/** Functions and classes of a slow module, which is loaded when one is called. It has no other exports. */
const forwarding = async (path: string): Promise<string> => {
  const module = (await import(path)) as Record<string, unknown>
  const names = Object.keys(module).filter((name) => name !== "default" && typeof module[name] === "function")
  return [`const load = () => process.getBuiltinModule(${JSON.stringify(path)})`, ...names.map(named)].join("\n")
}

/** The same for what `@effect/platform-node` requires by itself. */
const platformHttp = `
export const http = process.getBuiltinModule("node:http")
export const https = { request: (...args) => process.getBuiltinModule("node:https").request(...args) }`

/** Makes a bundle load what it may never need when it is first called. */
export const lazyBuiltins: Plugin = {
  name: "lazy-builtins",
  resolveId: {
    filter: { id: slow },
    handler: (id) => ({ id: prefix + id, moduleSideEffects: false })
  },
  load: {
    filter: { id: [/^\0lazy:/, /platform-node[/\\]dist[/\\]internal[/\\]http\.js$/] },
    handler: async (id) => (id.startsWith(prefix) ? forwarding(id.slice(prefix.length)) : platformHttp)
  }
}
