import { defineConfig } from "tsup"
import { library } from "../../tools/tsup/library.ts"

export default defineConfig(library)
