import type { CountProvider } from "../../../ports/index.ts";
import type { PrometheusClient } from "../client.ts";
import type { PrometheusCountsOptions } from "../types.ts";
import { resolveCounts } from "./options.ts";
import { PrometheusCounts } from "./source.ts";

/** @throws SluiceError `DEFINITION_INVALID` */
export function makeCounts(client: PrometheusClient, options: PrometheusCountsOptions): CountProvider {
  const counts = resolveCounts(options);
  const { requests, errors, latency, unit, maxAge } = counts;
  return {
    kind: "prometheus",
    spec: {
      url: client.url,
      headers: [...client.headerNames],
      requests: requests.text,
      errors: errors.text,
      ...(latency === undefined ? {} : { latency: latency.text, latencyUnit: unit === 1 ? "ms" : "s" }),
      maxAge,
    },
    open: (scope) => new PrometheusCounts(client, counts, scope),
    check: async (signal) => {
      const since = performance.now();
      // Which series there are is nothing to go by: before a first release there are none.
      await client.ask("vector(1)", { at: Date.now(), signal });
      return `Prometheus at ${client.url} answers in ${Math.round(performance.now() - since)} ms`;
    },
  };
}
