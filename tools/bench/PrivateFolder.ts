import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A folder that goes when its user is done with it, and that the user PostgreSQL runs as can reach. */
export class PrivateFolder implements AsyncDisposable {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  static async make(): Promise<PrivateFolder> {
    const path = await mkdtemp(join(tmpdir(), "audiences-bench-"))
    await chmod(path, 0o755)
    return new PrivateFolder(path)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}
