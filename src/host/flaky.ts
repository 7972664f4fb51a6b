import type { Pipeline } from "../builder/index.ts";
import { SluiceError } from "../errors/index.ts";
import type { NodeSummary, RunSummary } from "../model/index.ts";
import type { RunStore } from "../ports/index.ts";
import { parseDuration, type Duration } from "../util/duration.ts";
import { FlakyTally, type FlakyRecord } from "./flaky-tally.ts";
import { FlakyTests } from "./flaky-tests.ts";
import { isComparable, sightingOf } from "./sighting.ts";
import { openStore, type StateOptions } from "./store.ts";

/** What {@link flakyHistory} is to look at. */
export interface FlakyOptions extends StateOptions {
  /** How old a run may be. @defaultValue `"30d"` */
  readonly since?: Duration;
  /** In how many runs something must have been seen to be listed. @defaultValue 1 */
  readonly minRuns?: number;
}

/** What fails now and then, worst first. */
export interface FlakyHistory {
  readonly pipeline: string;
  /** From when on runs were looked at: milliseconds since 1970. */
  readonly since: number;
  /** How many runs were looked at. */
  readonly runs: number;
  /** How many of them are known to have run what is in their commit and nothing else: only these can be compared. */
  readonly comparable: number;
  /** Those that cost runs first, then those that were seen most. */
  readonly flaky: readonly FlakyRecord[];
  /** What could not be read, in words. */
  readonly faults: readonly string[];
}

const DEFAULT_SINCE = "30d";

/** See `flakyHistory` of the root entry. */
export async function flakyHistory(pipe: Pipeline, options: FlakyOptions): Promise<FlakyHistory> {
  const { since = DEFAULT_SINCE, minRuns = 1 } = options;
  const age = parseDuration(since) ?? 0;
  if (age <= 0) {
    throw new SluiceError("USAGE", `since must be a length of time, got ${JSON.stringify(since)}`, {
      hint: 'For example "30d".',
    });
  }
  if (!Number.isSafeInteger(minRuns) || minRuns < 1)
    throw new SluiceError("USAGE", `minRuns must be a whole number of at least 1, got ${String(minRuns)}`);
  const from = Date.now() - age;
  const store = await openStore(pipe, options);
  const faults: string[] = [];
  const summaries = (onFault?: (text: string) => void) => ofPipeline(store, pipe.name, from, onFault);

  const nodes = new FlakyTally();
  const tests = new FlakyTests();
  let runs = 0;
  let comparable = 0;
  for await (const summary of summaries((text) => faults.push(text))) {
    runs++;
    if (isComparable(summary)) comparable++;
    lookAtNodes(summary, nodes);
    tests.suspect(summary);
  }
  // Tests that have only ever passed are most of them: they are counted where another look shows that they matter.
  if (tests.suspects > 0) for await (const summary of summaries()) tests.look(summary);

  const flaky: FlakyRecord[] = [
    ...nodes.flaky().map(([node, figures]) => ({ kind: "node" as const, node, ...figures })),
    ...tests.flaky(),
  ];
  return {
    pipeline: pipe.name,
    since: from,
    runs,
    comparable,
    flaky: flaky.filter((one) => one.runs >= minRuns).sort(byHarm),
    faults,
  };
}

async function* ofPipeline(
  store: RunStore,
  pipeline: string,
  from: number,
  onFault?: (message: string) => void,
): AsyncIterable<RunSummary> {
  for await (const summary of store.summaries.read(onFault)) {
    if (summary.pipeline === pipeline && summary.startedAt >= from) yield summary;
  }
}

function lookAtNodes(summary: RunSummary, tally: FlakyTally): void {
  const see = tally.run(sightingOf(summary));
  for (const node of Object.keys(summary.nodes)) {
    const { state, attempts } = summary.nodes[node] as NodeSummary;
    if (state === "failed") see(node, "failed", true);
    else if (state === "succeeded") see(node, attempts > 1 ? "retried" : "passed", false);
  }
}

function byHarm(a: FlakyRecord, b: FlakyRecord): number {
  return (
    b.cost - a.cost ||
    b.failed + b.retried - (a.failed + a.retried) ||
    b.rate - a.rate ||
    b.lastAt - a.lastAt ||
    nameOf(a).localeCompare(nameOf(b), "en")
  );
}

function nameOf({ node, test = "" }: FlakyRecord): string {
  return `${node}\n${test}`;
}
