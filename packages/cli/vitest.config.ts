import { defineConfig } from "vitest/config"

export default defineConfig({
  resolve: { conditions: ["@audiences/source"] },
  ssr: { resolve: { conditions: ["@audiences/source"] } },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000
  }
})
