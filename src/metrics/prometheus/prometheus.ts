import { PrometheusClient } from "./client.ts";
import { makeCounts } from "./counts/provider.ts";
import { resolveOptions } from "./options.ts";
import { makeQuery } from "./query.ts";
import type { Prometheus, PrometheusOptions } from "./types.ts";

/**
 * A Prometheus that a rollout is judged by, or anything else with its HTTP API. Nothing is asked before a rollout does.
 *
 * `query()` gives a query for `metric({ query })`, evaluated at the end of each window. `$window` is the window's length
 * (for ranges: `[$window]`), `$target` the target's name, `$revision` the candidate's revision and `$stableRevision` that
 * of stable. No series, `NaN`, an infinite value and a sample older than the window are "no data", never 0. Several values
 * without `reduce`, an answer with warnings, and no answer at all are errors of the source.
 *
 * `counts()` gives a cluster target the counts that `errorRate()` and `latency()` compare: the raw counters of each pod,
 * summed up here, so that totals are whole requests and survive restarts and pods that come and go.
 *
 * Proxies come from `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, further authorities from
 * `NODE_EXTRA_CA_CERTS`, as the process was started with them.
 *
 * @throws SluiceError `DEFINITION_INVALID` for options that make no sense, all problems at once. Queries and counts:
 * `METRICS_UNAVAILABLE`.
 *
 * @example
 * ```ts
 * import { env } from "sluice";
 * import { canary, metric } from "sluice/deploy";
 * import { prometheus } from "sluice/metrics";
 *
 * const source = prometheus({ url: "https://prometheus.example.com", token: env("PROMETHEUS_TOKEN") });
 * const saturation = metric({
 *   name: "queue",
 *   max: 100,
 *   query: source.query('max_over_time(queue_length{app="shop", revision="$revision"}[$window])', { reduce: "max" }),
 * });
 * const strategy = canary({ steps: [10, 50], every: "5m", analysis: [saturation] });
 * const counts = source.counts({
 *   requests: 'http_requests_total{namespace="$namespace", pod=~"$pods"}',
 *   errors: 'http_requests_total{namespace="$namespace", pod=~"$pods", code=~"5.."}',
 *   latency: 'http_request_duration_seconds_bucket{namespace="$namespace", pod=~"$pods"}',
 * });
 * console.log(strategy.kind, counts.kind);
 * ```
 */
export function prometheus(options: PrometheusOptions): Prometheus {
  const client = new PrometheusClient(resolveOptions(options));
  return {
    query: (promql, how = {}) => makeQuery(client, promql, how),
    counts: (which) => makeCounts(client, which),
  };
}
