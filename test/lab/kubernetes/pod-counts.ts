import type { SideCounts } from "../../../src/ports/index.ts";
import type { ClusterApi } from "../../../src/targets/kubernetes/api/types.ts";
import type { CountedSide, CountsFrom } from "../../../src/targets/kubernetes/driver/counts.ts";
import { text } from "../../../src/targets/kubernetes/readiness/object.ts";
import { ask } from "./traffic.ts";

/** Counts by asking every pod itself. What a pod has counted is kept when it goes: totals never fall. */
export function podCounts(api: () => ClusterApi): CountsFrom {
  const known = new Map<string, SideCounts>();
  return async ({ namespace, app, stable, candidate }) => {
    const pods = await api().list(
      { apiVersion: "v1", kind: "Pod" },
      { namespace, labels: `app.kubernetes.io/name=${app}` },
    );
    await Promise.all(
      pods.map(async (pod) => {
        const ip = text(pod, "status", "podIP");
        if (ip === "") return;
        const answer = await ask(`http://${ip}:8080/metrics`);
        if (answer.status === 200) known.set(pod.metadata.name, parse(answer.text));
      }),
    );
    const sum = (side: CountedSide | undefined): SideCounts | undefined =>
      side &&
      total([...known].filter(([name]) => name.startsWith(`${side.workload}-`)).map(([, counts]) => counts));
    const [before, now] = [sum(stable), sum(candidate)];
    return {
      ...(before === undefined ? {} : { stable: before }),
      ...(now === undefined ? {} : { candidate: now }),
    };
  };
}

function parse(metrics: string): SideCounts {
  let requests = 0;
  let errors = 0;
  const bounds: number[] = [];
  const upTo: number[] = [];
  for (const line of metrics.split("\n")) {
    const code = /^http_requests_total\{code="(\d+)"\} (\d+)/.exec(line);
    if (code !== null) {
      requests += Number(code[2]);
      if (Number(code[1]) >= 500) errors += Number(code[2]);
    }
    const bucket = /^http_request_duration_seconds_bucket\{le="([^"]+)"\} (\d+)/.exec(line);
    if (bucket === null) continue;
    if (bucket[1] !== "+Inf") bounds.push(1_000 * Number(bucket[1]));
    upTo.push(Number(bucket[2]));
  }
  return {
    requests,
    errors,
    latency: { bounds, counts: upTo.map((count, index) => count - (upTo[index - 1] ?? 0)) },
  };
}

function total(all: readonly SideCounts[]): SideCounts {
  const [first] = all;
  const bounds = first?.latency.bounds ?? [];
  const counts =
    first?.latency.counts.map((_, index) =>
      all.reduce((sum, one) => sum + (one.latency.counts[index] ?? 0), 0),
    ) ?? [];
  return {
    requests: all.reduce((sum, one) => sum + one.requests, 0),
    errors: all.reduce((sum, one) => sum + one.errors, 0),
    latency: { bounds, counts },
  };
}
