import { defineConfig } from "tsup"
import { bundle } from "../../tools/tsup/bundle.ts"

export default defineConfig({
  ...bundle,
  // What only some configurations need, such as buckets, is loaded when it is needed.
  splitting: true,
  entry: {
    bin: "src/bin.ts",
    // The program of the threads for columns, which they are started with by its name.
    columnThread: "../storage/src/columns/columnThread.ts"
  }
})
