import { defineConfig } from "rolldown"
import { lazyBuiltins } from "../../tools/rolldown/lazyBuiltins.ts"

/** Groups of the contract: each stays in a file of its own, and a command loads those it calls. */
const contractGroup = /domain[/\\]src[/\\]api[/\\]\w+Api\.ts$/

export default defineConfig({
  input: "src/bin.ts",
  platform: "node",
  tsconfig: "tsconfig.lib.json",
  resolve: { conditionNames: ["@audiences/source", "node", "import"] },
  // The pages of API documentation that Effect would serve, and a client that is not used: megabytes that no command loads.
  external: [/internal\/httpApi(Scalar|Swagger)/, /Undici/],
  plugins: [lazyBuiltins],
  output: {
    dir: "dist",
    cleanDir: true,
    format: "esm",
    minify: true,
    sourcemap: true,
    codeSplitting: {
      groups: [
        { name: "core", test: /node_modules/, minShareCount: 3 },
        { name: "shared", test: (id) => !contractGroup.test(id), minShareCount: 2 }
      ]
    }
  }
})
