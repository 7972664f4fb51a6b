export type { AnalysisOptions, Baseline, InconclusivePolicy } from "./analysis/options.ts";
export { blueGreen, type BlueGreenOptions, type Preview } from "./blue-green.ts";
export { canary, type CanaryOptions } from "./canary.ts";
export {
  type ComparedMetric,
  type ComparedOptions,
  type CountedValue,
  errorRate,
  type ErrorRateLimitOptions,
  type ErrorRateOptions,
  latency,
  type LatencyLimitOptions,
  type LatencyOptions,
  metric,
  type Metric,
  type MetricOptions,
  type MetricQuery,
  type MetricWindow,
  type PairedScores,
  type QueriedValue,
  scores,
  type ScoresMetric,
  type ScoresOptions,
  type ScoresQuery,
  type ThresholdLimits,
  type ThresholdMetric,
} from "./metrics/index.ts";
export { rolling, type RollingOptions } from "./rolling.ts";
