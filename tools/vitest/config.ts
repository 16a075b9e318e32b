import { defineConfig, type ViteUserConfig } from "vitest/config"

/**
 * How every package runs its tests: from sources, with time enough for a machine that is busy with the tests of another
 * package, and with the logs of those tests alone that fail.
 *
 * @param needs what the tests of this package need besides, such as a database
 */
export const testsOfPackage = (needs: ViteUserConfig["test"] = {}): ViteUserConfig =>
  defineConfig({
    resolve: { conditions: ["@audiences/source"] },
    ssr: { resolve: { conditions: ["@audiences/source"] } },
    test: {
      include: ["test/**/*.test.ts"],
      testTimeout: 60_000,
      hookTimeout: 60_000,
      silent: "passed-only",
      ...needs
    }
  })
