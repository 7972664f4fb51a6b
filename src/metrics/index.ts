export { prometheus } from "./prometheus/prometheus.ts";
export type {
  Prometheus,
  PrometheusCountsOptions,
  PrometheusOptions,
  PrometheusQuery,
  PrometheusQueryOptions,
  QueryWindow,
} from "./prometheus/types.ts";
