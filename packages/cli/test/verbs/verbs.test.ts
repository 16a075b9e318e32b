import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Command } from "effect/cli"
import { audiences } from "@audiences/cli/audiences"
import { verbGroups } from "@audiences/cli/verbs/VerbGroups"
import { typed } from "../terminal.ts"

interface Placed {
  readonly path: ReadonlyArray<string>
  readonly command: Command.Command.Any
}

/** Every command that can be typed, by its path. */
const commandsOf = (command: Command.Command.Any, path: ReadonlyArray<string> = []): ReadonlyArray<Placed> => [
  { path, command },
  ...command.subcommands.flatMap(({ commands }) => commands.flatMap((sub) => commandsOf(sub, [...path, sub.name])))
]

/** The command line that a shell makes of an example; what comes before or after in a pipe is not of this program. */
const argumentsOf = (example: string, home: string): ReadonlyArray<string> => {
  const script = `audiences() { printf '%s\\0' "$@" >&3; }; fpath=(none "$HOME"); ${example}`
  const { output } = spawnSync("bash", ["-c", script], {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "ignore", "pipe"],
    cwd: home,
    env: { ...process.env, HOME: home }
  })
  return (output[3] ?? "").split("\0").slice(0, -1)
}

describe("The list of verbs", () => {
  it("names the verbs that each group loads", async () => {
    for (const { load, summaries } of verbGroups) {
      const { verbs } = await load()
      assert.deepStrictEqual(
        verbs.map(({ name }) => name as string),
        Object.keys(summaries)
      )
    }
  })

  it("loads only what is typed, and suggests what is not loaded", async () => {
    const { lines } = await Effect.runPromise(typed(["--help"]))
    for (const { summaries } of verbGroups)
      for (const name of Object.keys(summaries))
        assert.isTrue(
          lines.some((line) => line.trim().startsWith(name)),
          name
        )
    const mistyped = await Effect.runPromise(typed(["overlp", "a"]))
    assert.strictEqual(mistyped.exitCode, 2)
    assert.match(mistyped.stderr, /Did you mean this\?\s+overlap/)
    const flag = await Effect.runPromise(typed(["list", "--serch", "x"]))
    assert.match(flag.stderr, /Did you mean this\?\s+--search/)
  })
})

/** A home with the files and folders that examples read from and write to. */
const exampleHome = () => {
  const home = mkdtempSync(join(tmpdir(), "audiences-examples-"))
  mkdirSync(join(home, ".config/fish/completions"), { recursive: true })
  writeFileSync(join(home, "key.txt"), "")
  return home
}

describe("Every command", () => {
  it("has a description, and one that runs has examples that parse", async () => {
    const home = exampleHome()
    for (const { command, path } of commandsOf(await audiences())) {
      const name = path.join(" ")
      assert.isNotEmpty(command.description ?? "", name)
      const { lines } = await Effect.runPromise(typed(["help", ...path]))
      assert.isAbove(lines.length, 5, name)
      if (command.subcommands.length > 0 && command.examples.length === 0) continue
      assert.isAbove(command.examples.length, 0, `an example of ${name}`)
      for (const example of command.examples) {
        const args = argumentsOf(example.command, home)
        assert.include(args, path.at(-1)!, example.command)
        // A profile that there is not ends every command that would ask a server, once its arguments are parsed.
        const { stderr } = await Effect.runPromise(
          typed(args, { env: { AUDIENCES_PROFILE: "none-such", AUDIENCES_SECRET_KEY: "" } })
        )
        assert.notMatch(stderr, /^Usage: /m, `${example.command}: ${stderr}`)
      }
    }
    rmSync(home, { recursive: true })
  })
})

describe("audiences help", () => {
  it("shows the help of a command by its path, and refuses one that there is not", async () => {
    const help = await Effect.runPromise(typed(["help", "keys", "create"]))
    assert.strictEqual(help.stdout, (await Effect.runPromise(typed(["keys", "create", "--help"]))).stdout)
    assert.strictEqual((await Effect.runPromise(typed(["help", "lst"]))).exitCode, 2)
    assert.match((await Effect.runPromise(typed(["help"]))).stdout, /EXIT CODES/)
  })
})

describe("audiences completions", () => {
  it("prints a script that the shell takes, with verbs, their flags and those of all", async () => {
    const { stdout } = await Effect.runPromise(typed(["completions", "bash"]))
    const script = `${stdout}\ncomplete -p audiences >&2 && printf '%s\\n' ok`
    const { status, stdout: printed } = spawnSync("bash", ["-s"], { encoding: "utf8", input: script })
    assert.strictEqual(status, 0)
    assert.include(printed, "ok")
    for (const shell of ["bash", "zsh", "fish"]) {
      const { stdout } = await Effect.runPromise(typed(["completions", shell]))
      for (const word of ["snapshots", "rotate", "grace", "profile", "query"]) assert.include(stdout, word, shell)
    }
  })
})
