import { testsOfPackage } from "../../tools/vitest/config.ts"

export default testsOfPackage({ globalSetup: ["../../tools/vitest/postgres.ts"], testTimeout: 120_000 })
