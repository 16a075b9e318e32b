import { defineConfig } from "tsup"
import { bundle } from "../../tools/tsup/bundle.ts"

export default defineConfig({
  ...bundle,
  // What only some configurations need, such as buckets, is loaded when it is needed.
  splitting: true,
  entry: {
    bin: "src/bin.ts",
    // The programs of threads, which they are started with by their names.
    columnThread: "../storage/src/columns/columnThread.ts",
    stagingThread: "../storage/src/imports/staging/stagingThread.ts"
  }
})
