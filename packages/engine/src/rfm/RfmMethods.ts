import type { RfmInput, RfmMethod, RfmMethodInput } from "@audiences/domain/Rfm"
import type { Problem } from "@audiences/domain/ValidationError"
import { Result } from "effect"
import { compareMoney, readMoney } from "../rules/RuleValue.ts"

export const defaultMethod: RfmMethod = {
  source: "totals",
  windowDays: null,
  asOf: null,
  bins: 5,
  cuts: "quantile7",
  ties: "value",
  thresholds: null
}

/** Seconds from one scoring to the next, unless told. */
export const defaultIntervalSeconds = 86_400

/** The whole method that an input means. */
export const methodOf = (input: RfmMethodInput): RfmMethod => {
  const method = { ...defaultMethod, ...input }
  const thresholds = method.thresholds
  return thresholds === null
    ? method
    : {
        ...method,
        thresholds: {
          ...thresholds,
          monetary: thresholds.monetary.map((value) => Result.getOrElse(readMoney(value), () => value))
        }
      }
}

/** What is wrong with a method, and with the map for it; paths lead from the body. */
export const methodProblems = ({ method: input, segmentMap = "fanfare5" }: RfmInput, method: RfmMethod) => {
  const problems: Array<Problem> = []
  const add = (key: keyof RfmMethodInput, expected: string, message: string) =>
    problems.push({ path: ["method", key], type: "rfm_method", expected, message })
  if (method.windowDays !== null && method.source === "totals")
    add("windowDays", "null", "Totals have no window: send the source orders")
  if (method.cuts !== "fixed" && method.thresholds !== null)
    add("thresholds", "no thresholds", "Thresholds are given only with the cuts fixed: others are found in the data")
  if (method.cuts === "fixed" && method.ties === "rank-first")
    add("ties", '"value"', "Fixed thresholds cut values: equal ones cannot be put in a row")
  if (method.cuts === "fixed" && method.thresholds === null)
    add("thresholds", "thresholds", "The cuts fixed need thresholds: recencyDays, frequency and monetary")
  if (method.cuts === "fixed" && method.thresholds !== null) problems.push(...thresholdProblems(method))
  if (typeof segmentMap === "string" && method.bins !== 5)
    problems.push({
      path: input?.bins === undefined ? ["segmentMap"] : ["method", "bins"],
      type: "rfm_map",
      expected: "5 bins",
      message: `The map ${segmentMap} needs 5 bins, and the method has ${method.bins}: send a map of your own`
    })
  return problems
}

const thresholdProblems = ({ bins, thresholds }: RfmMethod): ReadonlyArray<Problem> => {
  const { frequency, monetary, recencyDays } = thresholds!
  const path = (key: string) => ["method", "thresholds", key]
  const unread = monetary.flatMap((value, i) => {
    const read = readMoney(value)
    return Result.isFailure(read)
      ? [{ path: [...path("monetary"), i], type: "rfm_threshold", message: read.failure }]
      : []
  })
  if (unread.length > 0) return unread
  const rises = {
    recencyDays: recencyDays.every((value, i) => i === 0 || recencyDays[i - 1]! < value),
    frequency: frequency.every((value, i) => i === 0 || frequency[i - 1]! < value),
    monetary: monetary.every((value, i) => i === 0 || compareMoney(monetary[i - 1]!, value) < 0)
  }
  return (["recencyDays", "frequency", "monetary"] as const).flatMap((key) =>
    thresholds![key].length === bins - 1 && rises[key]
      ? []
      : [
          {
            path: path(key),
            type: "rfm_threshold",
            expected: `${bins - 1} rising values`,
            message: `${bins} bins are cut at ${bins - 1} thresholds, each higher than the one before`
          }
        ]
  )
}
