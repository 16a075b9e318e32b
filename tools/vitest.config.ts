import { testsOfPackage } from "./vitest/config.ts"

export default testsOfPackage()
