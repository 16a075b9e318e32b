import type { Options } from "tsup"

/**
 * One output file per source file, so that `exports: ./*` maps one to one; what several need is in chunks beside them. Without
 * bundling, esbuild would leave the `.ts` of relative imports as it is. Types come from `tsc -b`.
 */
export const library: Options = {
  entry: ["src/**/*.ts"],
  format: ["esm"],
  splitting: true,
  dts: false,
  sourcemap: true,
  clean: true,
  target: "node22",
  tsconfig: "tsconfig.lib.json"
}
