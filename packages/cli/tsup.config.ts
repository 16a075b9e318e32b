import { defineConfig } from "tsup"
import { bundle } from "../../tools/tsup/bundle.ts"

export default defineConfig(bundle)
