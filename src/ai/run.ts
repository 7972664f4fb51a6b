import { setMaxListeners } from "node:events";
import { messageOf, SluiceError } from "../errors/index.ts";
import type { StepContext } from "../ports/index.ts";
import { formatDuration } from "../util/duration.ts";
import type { Dataset, DatasetItem } from "./dataset.ts";
import type { Metric } from "./metric.ts";
import { shorten } from "./problems.ts";
import { withRetries, withTimeout, type RetryPolicy } from "./retry.ts";

/** How one question went. An error scores 0 in every metric. */
export interface ItemResult {
  readonly item: DatasetItem;
  /** In the order of the metrics. */
  readonly scores: readonly number[];
  /** Milliseconds of the try that was answered; `undefined` where none was. */
  readonly latency: number | undefined;
  readonly error: string | undefined;
}

export interface RunOptions {
  readonly metrics: readonly Metric[];
  readonly concurrency: number;
  /** Milliseconds for one try. */
  readonly timeout: number;
  readonly retry: RetryPolicy;
  readonly ask: (item: DatasetItem, signal: AbortSignal) => Promise<unknown>;
}

/** As many failures from the start, and no answer among them, mean that nobody answers at all. */
const HOPELESS = 10;

/**
 * Asks every question, some at a time, and prints a line for each in the order of the dataset.
 * @throws SluiceError `GATE_ERROR` where no question is answered at all
 */
export async function askAll(
  dataset: Dataset,
  options: RunOptions,
  context: StepContext,
): Promise<readonly ItemResult[]> {
  const { default: pLimit } = await import("p-limit");
  const limit = pLimit(options.concurrency);
  const total = dataset.items.length;
  const results = new Array<ItemResult | undefined>(total);
  const state = { finished: 0, answered: 0, printed: 0, broken: false, hopeless: false };
  const { signal, unlink } = linked(context.signal);
  let printing = Promise.resolve();
  const printReady = async (): Promise<void> => {
    for (let next = results[state.printed]; next !== undefined; next = results[state.printed]) {
      state.printed++;
      await context.write("stdout", lineOf(next, state.printed, total, options.metrics));
    }
  };
  const one = async (item: DatasetItem, index: number): Promise<void> => {
    if (state.broken || state.hopeless) return;
    try {
      signal.throwIfAborted();
      const result = await askOne(item, options, signal);
      results[index] = result;
      state.finished++;
      if (result.latency !== undefined) state.answered++;
      // Stays so even if one that is still under way is answered: the others have been left out by then.
      if (state.answered === 0 && state.finished >= HOPELESS) state.hopeless = true;
      printing = printing.then(printReady);
      await printing;
    } catch (error) {
      state.broken = true;
      throw error;
    }
  };
  await allOf(dataset.items.map((item, index) => limit(one, item, index))).finally(unlink);
  const done = results.filter((result) => result !== undefined);
  if (state.hopeless || state.answered === 0) throw nobodyAnswers(done, dataset);
  return done;
}

/** A signal that fires with `outer` and takes any number of listeners without a warning of Node's. */
function linked(outer: AbortSignal): { readonly signal: AbortSignal; readonly unlink: () => void } {
  const controller = new AbortController();
  const { signal } = controller;
  setMaxListeners(0, signal);
  const forward = (): void => {
    controller.abort(outer.reason);
  };
  if (outer.aborted) forward();
  else outer.addEventListener("abort", forward, { once: true });
  return {
    signal,
    unlink: () => {
      outer.removeEventListener("abort", forward);
    },
  };
}

/** Waits for all, so that nothing goes on behind the gate's back, and then rejects with the first rejection. */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  const settled = await Promise.allSettled(work);
  for (const one of settled) if (one.status === "rejected") throw one.reason;
}

async function askOne(item: DatasetItem, options: RunOptions, signal: AbortSignal): Promise<ItemResult> {
  let latency: number | undefined;
  try {
    const answer = await withRetries(options.retry, signal, async () => {
      const start = performance.now();
      const given = await withTimeout(options.timeout, signal, (inner) => options.ask(item, inner));
      latency = performance.now() - start;
      return given;
    });
    const scores: number[] = [];
    for (const metric of options.metrics) scores.push(await metric.score(answer, item));
    return { item, scores, latency, error: undefined };
  } catch (error) {
    signal.throwIfAborted();
    const message = shorten(messageOf(error), 200);
    return { item, scores: options.metrics.map(() => 0), latency, error: message };
  }
}

function lineOf(result: ItemResult, index: number, total: number, metrics: readonly Metric[]): string {
  const counter = `${String(index).padStart(String(total).length)}/${total}`;
  const took = result.latency === undefined ? "" : `  ${formatDuration(result.latency)}`;
  const what =
    result.error === undefined
      ? metrics.map((metric, at) => `${metric.name} ${rounded(result.scores[at] ?? 0)}`).join("  ")
      : `error: ${result.error}`;
  const id = result.item.id === undefined ? "" : `${shorten(result.item.id, 40)} `;
  return `${counter}  ${what}${took}  ${id}${shorten(result.item.question, 80)}\n`;
}

/** A score for people: rounded down, so that a missed limit never reads as reached. */
export function rounded(score: number): string {
  return String(Math.floor(score * 10_000 + 1e-7) / 10_000);
}

function nobodyAnswers(results: readonly ItemResult[], dataset: Dataset): SluiceError {
  const errors = results.flatMap((result) => result.error ?? []);
  return new SluiceError(
    "GATE_ERROR",
    `none of the first ${errors.length} of ${dataset.items.length} questions was answered: ${errors[0] ?? "no reason given"}`,
    {
      path: dataset.path,
      hint: "See that the service is up and takes the request that ask describes.",
    },
  );
}
