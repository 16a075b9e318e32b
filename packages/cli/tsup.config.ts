import { defineConfig } from "tsup"
import { bundle } from "../../tools/tsup/bundle.ts"

/** The pages of API documentation that Effect would serve: megabytes that no command loads. */
const documentation = "/internal/httpApi(Scalar|Swagger)"

export default defineConfig({
  ...bundle,
  // What only some commands load stands in files of its own.
  splitting: true,
  noExternal: [new RegExp(`^(?!.*${documentation})`)],
  external: [new RegExp(documentation)]
})
