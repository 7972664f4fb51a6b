export { describeMetric } from "./describe.ts";
export {
  type ComparedOptions,
  errorRate,
  type ErrorRateLimitOptions,
  type ErrorRateOptions,
} from "./error-rate.ts";
export { latency, type LatencyLimitOptions, type LatencyOptions } from "./latency.ts";
export type { ThresholdLimits } from "./limits.ts";
export { metric, type MetricOptions } from "./metric.ts";
export { scores, type ScoresOptions } from "./scores.ts";
export type * from "./types.ts";
