import { SluiceError } from "../../errors/index.ts";
import type { Series } from "./answer.ts";
import type { Asking, PrometheusClient } from "./client.ts";
import { Problems } from "./problems.ts";
import { isPlainSelector } from "./promql.ts";
import { fill, placeholdersIn } from "./template.ts";
import type { PrometheusQuery, PrometheusQueryOptions, QueryWindow } from "./types.ts";

type Reduce = NonNullable<PrometheusQueryOptions["reduce"]>;

const REDUCES: readonly string[] = ["last", "max", "sum"] satisfies Reduce[];
const PLACEHOLDERS = ["window", "target", "revision", "stableRevision"];

/** @throws SluiceError `DEFINITION_INVALID` */
export function makeQuery(
  client: PrometheusClient,
  promql: string,
  options: PrometheusQueryOptions,
): PrometheusQuery {
  const { reduce } = options;
  check(promql, options);
  const query = async (window: QueryWindow): Promise<number | null> => {
    const { from, to, signal, target, stable, candidate } = window;
    const length = Math.max(1, Math.round(to - from));
    const filled = fill(promql, {
      window: length % 1_000 === 0 ? `${String(length / 1_000)}s` : `${String(length)}ms`,
      target,
      revision: candidate?.revision.toString(),
      stableRevision: stable?.revision.toString(),
    });
    if (filled === undefined) return null;
    const series = await ask(client, filled, { at: to, lookback: length, signal });
    return valueOf(recent(series, from), reduce, filled);
  };
  // A plan shows a function's name.
  return Object.defineProperty(query, "name", { value: `prometheus: ${promql}` });
}

/**
 * The answer at the window's end. Prometheus takes a sample of up to five minutes ago for a value of now; where the query
 * is a selector alone, the window's own samples are asked for instead, and elsewhere `lookback_delta` says so, which
 * Prometheus knows since 2.44.
 */
async function ask(
  client: PrometheusClient,
  promql: string,
  asking: Required<Asking>,
): Promise<readonly Series[]> {
  if (!isPlainSelector(promql)) return client.ask(promql, asking);
  const series = await client.ask(`${promql.trim()}[${String(asking.lookback)}ms]`, asking);
  return series.map(({ labels, samples }) => ({ labels, samples: samples.slice(-1) }));
}

function check(promql: unknown, options: PrometheusQueryOptions): void {
  const problems = new Problems("prometheus().query()");
  problems.keys(options, ["reduce"]);
  if (typeof promql !== "string" || promql.trim() === "") {
    problems.add("the query is empty or no text", "Give a query in PromQL.");
  } else {
    for (const name of placeholdersIn(promql)) {
      if (PLACEHOLDERS.includes(name)) continue;
      const known = PLACEHOLDERS.map((one) => `$${one}`).join(", ");
      problems.add(
        `nothing can be filled in for $${name}`,
        `Use ${known}; write \${name} where label_replace takes a group.`,
      );
    }
  }
  if (options.reduce !== undefined && !REDUCES.includes(options.reduce)) {
    problems.add(
      `reduce: ${JSON.stringify(options.reduce)} is not known`,
      `Use one of ${REDUCES.join(", ")}.`,
    );
  }
  problems.throwIfAny();
}

/** What is not older than the window. */
function recent(series: readonly Series[], from: number): readonly Series[] {
  return series
    .map(({ labels, samples }) => ({ labels, samples: samples.filter(({ at }) => at >= from) }))
    .filter(({ samples }) => samples.length > 0);
}

/** One number; `null` where there is none, or where one that belongs to it is none. */
function valueOf(series: readonly Series[], reduce: Reduce | undefined, promql: string): number | null {
  const samples = series.flatMap((one) => one.samples);
  const meant = reduce === "last" ? newest(samples) : samples;
  if (meant.length === 0) return null;
  if (meant.length > 1 && (reduce === undefined || reduce === "last")) {
    const what = series.length > 1 ? `${String(series.length)} series` : `${String(meant.length)} samples`;
    throw new SluiceError("METRICS_UNAVAILABLE", `the query gives ${what}, not one number: ${promql}`, {
      hint: 'Sum them up in the query, or give reduce: "max" or "sum".',
    });
  }
  const values = meant.map(({ value }) => value);
  const value = values.reduce((one, other) => (reduce === "max" ? Math.max(one, other) : one + other));
  return Number.isFinite(value) ? value : null;
}

function newest<S extends { readonly at: number }>(samples: readonly S[]): readonly S[] {
  const at = samples.reduce((latest, sample) => Math.max(latest, sample.at), -Infinity);
  return samples.filter((sample) => sample.at === at);
}
