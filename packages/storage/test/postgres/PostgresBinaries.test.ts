import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { chmodSync, rmSync } from "node:fs"
import { cp, readdir } from "node:fs/promises"
import { join } from "node:path"
import { findPlatformPackage, placeBinaries } from "../../src/postgres/PostgresBinaries.ts"
import { chooseUnprivilegedUser, runProgram } from "../../src/postgres/UnprivilegedUser.ts"
import { isRoot, temporaryDirectory } from "./Fixture.ts"

/** The npm package as a package manager leaves it that ignores scripts. */
const packageWithoutLinks = Effect.gen(function* () {
  const parent = yield* temporaryDirectory
  const packageDirectory = join(parent, "package")
  yield* findPlatformPackage.pipe(
    Effect.flatMap((source) =>
      Effect.promise(async () => {
        await cp(source, packageDirectory, { recursive: true, verbatimSymlinks: true })
        const libraries = await readdir(join(packageDirectory, "native", "lib"), { withFileTypes: true })
        for (const each of libraries) if (each.isSymbolicLink()) rmSync(join(each.parentPath, each.name))
      })
    )
  )
  return { packageDirectory, parent }
})

const user = chooseUnprivilegedUser("/nonexistent")

describe("placeBinaries", () => {
  it.live("makes the links between libraries that the package manager left out", () =>
    Effect.gen(function* () {
      const { packageDirectory, parent } = yield* packageWithoutLinks
      const postgres = join(packageDirectory, "native", "bin", "postgres")
      assert.match(
        (yield* runProgram(postgres, ["--version"], { user: yield* user })).output,
        /error while loading|not loaded/
      )
      const binaries = yield* placeBinaries({
        packageDirectory,
        copiesDirectory: join(parent, "copies"),
        user: yield* user
      })
      assert.strictEqual(binaries.postgres, postgres)
      assert.strictEqual(binaries.majorVersion, "18")
      assert.match(
        (yield* runProgram(postgres, ["--version"], { user: yield* user })).output,
        /^postgres \(PostgreSQL\) 18\./
      )
    })
  )

  it.live.skipIf(!isRoot)("copies the programs once from where the unprivileged user cannot enter", () =>
    Effect.gen(function* () {
      const { packageDirectory } = yield* packageWithoutLinks
      chmodSync(packageDirectory, 0o700)
      const copiesDirectory = yield* temporaryDirectory
      const place = Effect.all({
        packageDirectory: Effect.succeed(packageDirectory),
        copiesDirectory: Effect.succeed(copiesDirectory),
        user
      }).pipe(Effect.flatMap(placeBinaries))
      const [binaries] = yield* Effect.all([place, place], { concurrency: "unbounded" })
      assert.isTrue(binaries.postgres.startsWith(copiesDirectory))
      assert.match(
        (yield* runProgram(binaries.postgres, ["--version"], { user: yield* user })).output,
        /^postgres \(PostgreSQL\) 18\./
      )
      assert.strictEqual((yield* Effect.promise(() => readdir(copiesDirectory))).length, 1)
    }).pipe(Effect.provide(Logger.layer([])))
  )
})
