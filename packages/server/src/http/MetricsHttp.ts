import { Effect, Layer, Metric } from "effect"
import { PrometheusMetrics } from "effect/observability"
import { monitorEventLoopDelay } from "node:perf_hooks"

/** Milliseconds between samples of the event loop. */
const resolution = 20

/** Gauges whose values are read when somebody asks. */
const readings = (delay: ReturnType<typeof monitorEventLoopDelay>) => [
  {
    gauge: Metric.gauge("process_resident_memory_bytes", { description: "Memory of the process" }),
    read: () => process.memoryUsage.rss()
  },
  {
    gauge: Metric.gauge("nodejs_heap_used_bytes", { description: "Memory that objects of JavaScript take" }),
    read: () => process.memoryUsage().heapUsed
  },
  {
    gauge: Metric.gauge("process_cpu_seconds", { description: "Processor time since the start" }),
    read: () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6
  },
  {
    gauge: Metric.gauge("process_uptime_seconds", { description: "Time since the start" }),
    read: () => process.uptime()
  },
  {
    gauge: Metric.gauge("nodejs_eventloop_delay_p99_seconds", {
      description: "How long what was due had to wait for its turn, in the worst of a hundred cases since the start"
    }),
    read: () => Math.max(0, delay.percentile(99) / 1e9 - resolution / 1000)
  }
]

const Process = Layer.effectDiscard(
  Effect.gen(function* () {
    const context = yield* Effect.context<never>()
    const delay = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const histogram = monitorEventLoopDelay({ resolution })
        histogram.enable()
        return histogram
      }),
      (histogram) => Effect.sync(() => histogram.disable())
    )
    yield* Effect.forEach(
      readings(delay),
      ({ gauge, read }) =>
        Effect.acquireRelease(
          Effect.sync(() =>
            Metric.registerUnsafe(gauge, context, {
              get: () => ({ value: read() }),
              update: () => {},
              modify: () => {}
            })
          ),
          (registration) => Effect.sync(() => registration.remove())
        ),
      { discard: true }
    )
  })
)

/** `/metrics`, as Prometheus reads them. */
export const MetricsHttp = Layer.merge(Process, PrometheusMetrics.layerHttp({ prefix: "audiences" }))
