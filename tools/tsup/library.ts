import type { Options } from "tsup"

/** One output file per source file, so that `exports: ./*` maps one to one. Types come from `tsc -b`. */
export const library: Options = {
  entry: ["src/**/*.ts"],
  format: ["esm"],
  bundle: false,
  dts: false,
  sourcemap: true,
  clean: true,
  target: "node22",
  tsconfig: "tsconfig.lib.json"
}
