import { assert, describe, it } from "@effect/vitest"
import { type AttemptEnded, CircuitBreaker } from "@audiences/client/retry/CircuitBreaker"

const failed = null
const served = { status: 404, retryAfter: undefined }
const begun = (ended: AttemptEnded | number): AttemptEnded =>
  typeof ended === "number" ? assert.fail(`the circuit is open for ${ended} ms`) : ended

const opened = () => {
  const breaker = new CircuitBreaker({ failures: 2, openMillis: 1000 })
  for (let i = 0; i < 2; i++) begun(breaker.begin(0))(failed, 0)
  return breaker
}

describe("a circuit breaker", () => {
  it("opens after failures in a row, and no sooner", () => {
    const breaker = new CircuitBreaker({ failures: 2, openMillis: 1000 })
    for (const end of [failed, served, failed, { status: 429, retryAfter: "1" }, undefined])
      begun(breaker.begin(0))(end, 0)
    begun(breaker.begin(0))({ status: 500, retryAfter: undefined }, 10)
    assert.strictEqual(breaker.begin(110), 900)
  })

  it("lets one attempt try when its time is over, whatever becomes of older ones", () => {
    const breaker = new CircuitBreaker({ failures: 2, openMillis: 1000 })
    const older = begun(breaker.begin(0))
    for (let i = 0; i < 2; i++) begun(breaker.begin(0))(failed, 0)
    const trial = begun(breaker.begin(1000))
    older(undefined, 1000)
    assert.isAbove(breaker.begin(1000) as number, 0)
    trial(failed, 1200)
    assert.strictEqual(breaker.begin(1200), 1000)
  })

  it("closes when the trial is answered, and lets another try when it was given up", () => {
    const breaker = opened()
    begun(breaker.begin(1000))(undefined, 1000)
    begun(breaker.begin(1000))(served, 1001)
    for (let i = 0; i < 2; i++) begun(breaker.begin(1001))
  })
})
