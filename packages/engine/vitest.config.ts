import { testsOfPackage } from "../../tools/vitest/config.ts"

export default testsOfPackage()
