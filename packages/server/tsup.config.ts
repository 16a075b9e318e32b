import { defineConfig } from "tsup"
import { bundle } from "../../tools/tsup/bundle.ts"

export default defineConfig({
  ...bundle,
  entry: {
    bin: "src/bin.ts",
    // The program of the threads for columns, which they are started with by its name.
    columnThread: "../storage/src/columns/columnThread.ts"
  }
})
