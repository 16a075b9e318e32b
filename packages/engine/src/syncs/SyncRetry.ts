import { DateTime, Duration } from "effect"
import type { ConnectorError } from "../connectors/Connector.ts"
import type { SyncFailure } from "./SyncRepo.ts"

/** Failures in a row after which a sync is over, and begins anew the next time: about two hours. */
const mostFailures = 8

const firstDelay = Duration.seconds(30)
const longestDelay = Duration.minutes(30)

/** 30 seconds, 1 minute, 2 … and half an hour at the most. */
const delayAfter = (failures: number): Duration.Duration =>
  Duration.min(longestDelay, Duration.times(firstDelay, 2 ** Math.min(failures, 10)))

/** What a failure that follows `failures` others means for a sync. */
export const failureOf = (
  failures: number,
  now: DateTime.Utc,
  error: {
    readonly _tag: ConnectorError["_tag"]
    readonly message: string
    readonly retryAfter?: Duration.Duration | null
  }
): SyncFailure => {
  const retryAt = DateTime.addDuration(now, Duration.max(delayAfter(failures), error.retryAfter ?? Duration.zero))
  const resumes = error._tag === "VendorUnavailable" && failures + 1 < mostFailures
  return { reason: error.message, resumeAt: resumes ? retryAt : null, retryAt }
}
