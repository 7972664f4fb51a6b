import type { CountProvider, SecretSource, SideState } from "../../ports/index.ts";
import type { Duration } from "../../util/duration.ts";

/** Where a Prometheus is, or anything else that speaks its HTTP API (Thanos, Mimir, VictoriaMetrics). */
export interface PrometheusOptions {
  /** What comes before `/api/v1/query`, for example `https://prometheus.example.com` or `http://mimir/prometheus`. */
  readonly url: string;
  /**
   * Sent as `Authorization: Bearer`: a secret's place, for example `env("PROMETHEUS_TOKEN")`, never the token itself.
   * It is looked up again each minute and after a 401, so a token that is renewed in its place is followed.
   */
  readonly token?: SecretSource;
  /** Sent with each request. What is secret is given by its place: `{ authorization: env("PROMETHEUS_AUTH") }`. */
  readonly headers?: Readonly<Record<string, string | SecretSource>>;
  /** How long one request may take. @defaultValue `"8s"` */
  readonly timeout?: Duration;
}

/** A Prometheus as a source of metrics. */
export interface Prometheus {
  /** A query for `metric({ query })`. See {@link prometheus}. */
  query(promql: string, options?: PrometheusQueryOptions): PrometheusQuery;
  /** Counts for `errorRate()` and `latency()` on a target that takes none itself. See {@link prometheus}. */
  counts(options: PrometheusCountsOptions): CountProvider;
}

export interface PrometheusQueryOptions {
  /**
   * What becomes of several values: the newest one, the largest or their sum. Without it, more than one is an error of
   * the source, because which of them is meant cannot be told.
   */
  readonly reduce?: "last" | "max" | "sum";
}

/** What a query may be asked about; a `MetricWindow` is one. */
export interface QueryWindow {
  readonly target: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  /** Milliseconds since 1970. */
  readonly to: number;
  readonly stable: Pick<SideState, "revision"> | undefined;
  readonly candidate: Pick<SideState, "revision"> | undefined;
  readonly signal: AbortSignal;
}

/** The value for a window, or `null` where there is no data. Throws `METRICS_UNAVAILABLE`. */
export type PrometheusQuery = (window: QueryWindow) => Promise<number | null>;

/**
 * Which series are counted. Each is a plain selector (`name{label="value"}`) of counters: no function, no sum, no range,
 * because a restart can only be told from the counter itself. `$namespace`, `$app`, `$pods` (an alternation, for `=~`)
 * and `$revision` are filled in; one of the latter two must stand in each, or the sides could not be told apart.
 */
export interface PrometheusCountsOptions {
  /** All requests, for example `http_requests_total{namespace="$namespace", pod=~"$pods"}`. */
  readonly requests: string;
  /** Those of them that failed, for example `http_requests_total{pod=~"$pods", code=~"5.."}`. */
  readonly errors: string;
  /** The buckets of a histogram, for example `http_request_duration_seconds_bucket{pod=~"$pods"}`. */
  readonly latency?: string;
  /** What the bounds (`le`) of the histogram are in. @defaultValue `"s"` */
  readonly latencyUnit?: "s" | "ms";
  /** How old the newest sample may be; older ones are an error of the source. @defaultValue `"2m"` */
  readonly maxAge?: Duration;
}
