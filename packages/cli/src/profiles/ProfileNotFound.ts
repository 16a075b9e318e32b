import { Data } from "effect"

/** No profile is stored under this name. */
export class ProfileNotFound extends Data.TaggedError("ProfileNotFound")<{ readonly name: string }> {
  override get message(): string {
    return `There is no profile ${this.name}; \`audiences profiles list\` shows those there are`
  }
}
