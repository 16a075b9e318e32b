import { Data } from "effect"

/** The server answered with success, but not in the form of the contract. The message names the first place that differs. */
export class UnexpectedAnswer extends Data.TaggedError("UnexpectedAnswer")<{ readonly cause: Error }> {
  override get message() {
    return `The server's answer is not of the contract: ${this.cause.message}`
  }
}
