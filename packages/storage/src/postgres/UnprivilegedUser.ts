import { Effect } from "effect"
import { spawn } from "node:child_process"
import { readFile, stat } from "node:fs/promises"
import { attempt, EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"

/** Whom PostgreSQL runs as when the server itself is root, which PostgreSQL refuses to be. */
export interface UnprivilegedUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** In order of preference; `_postgres` is what macOS has. */
const candidates = ["postgres", "_postgres", "nobody"]

/**
 * Nothing when this process is not root: PostgreSQL then runs as the same user.
 * An existing cluster keeps the owner it has.
 */
export const chooseUnprivilegedUser = Effect.fnUntraced(function* (clusterDirectory: string) {
  if (process.getuid?.() !== 0) return undefined
  const owner = yield* attempt(`Cannot read ${clusterDirectory}`, () => stat(clusterDirectory)).pipe(Effect.option)
  if (owner._tag === "Some" && owner.value.uid !== 0) {
    return { name: `uid ${owner.value.uid}`, uid: owner.value.uid, gid: owner.value.gid } satisfies UnprivilegedUser
  }
  const users = parsePasswd(yield* attempt("Cannot read /etc/passwd", () => readFile("/etc/passwd", "utf8")))
  const user = candidates.flatMap((name) => users.filter((each) => each.name === name))[0]
  return (
    user ??
    (yield* new EmbeddedPostgresError({
      message:
        "PostgreSQL refuses to run as root, and /etc/passwd has neither a user postgres nor nobody to run it as: " +
        "start the server as an ordinary user, or set AUDIENCES_DATABASE_URL"
    }))
  )
})

const parsePasswd = (text: string): ReadonlyArray<UnprivilegedUser> =>
  text.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":")
    return name === undefined || uid === undefined || uid === "0" ? [] : [{ name, uid: Number(uid), gid: Number(gid) }]
  })

/** Asks the system itself, since mode bits do not tell of access lists, mounts or namespaces. */
export const userCan = (user: UnprivilegedUser | undefined, test: "enter" | "execute" | "read", path: string) =>
  runProgram("/bin/sh", ["-c", `${shellTest[test]} "$1"`, "sh", path], { user }).pipe(
    Effect.map(({ exitCode }) => exitCode === 0)
  )

const shellTest = { enter: "cd --", execute: "test -x", read: "test -r" }

/** Runs a program to its end, killing it when interrupted. Its output is stdout and stderr in the order they came. */
export const runProgram = (
  program: string,
  args: ReadonlyArray<string>,
  options: { readonly user: UnprivilegedUser | undefined; readonly input?: string }
): Effect.Effect<{ readonly exitCode: number; readonly output: string }, EmbeddedPostgresError> =>
  Effect.callback((resume, signal) => {
    const child = spawn(program, args, { ...processOptions(options.user), cwd: "/", signal })
    let output = ""
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk))
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (output += chunk))
    // A program that ends without reading its input closes the pipe: its exit code tells.
    child.stdin.on("error", () => {}).end(options.input)
    child.once("error", (cause) => resume(Effect.fail(cannotRun(program, options.user, cause))))
    child.once("close", (code) => resume(Effect.succeed({ exitCode: code ?? -1, output })))
  })

export const cannotRun = (program: string, user: UnprivilegedUser | undefined, cause: Error) =>
  new EmbeddedPostgresError({
    message:
      `Cannot run ${program}${user === undefined ? "" : ` as user ${user.name}`}: ${cause.message}. ` +
      "Mend that, or set AUDIENCES_DATABASE_URL",
    cause
  })

/** PG* variables of the server's own environment must not reach the programs of PostgreSQL. */
export const processOptions = (user: UnprivilegedUser | undefined) => ({
  env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
  ...(user === undefined ? {} : { uid: user.uid, gid: user.gid })
})
