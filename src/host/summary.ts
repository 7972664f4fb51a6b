import { messageOf } from "../errors/index.ts";
import { askWorkTree, readCommit, type WorkTree } from "../facts/index.ts";
import {
  SUMMARY_VERSION,
  type Plan,
  type RunEvent,
  type RunResult,
  type RunSummary,
} from "../model/index.ts";
import type { RecordedRun, RunStore } from "../ports/index.ts";
import { endOf, glanceOf } from "../stores/_shared/glance.ts";
import { Evidence } from "./evidence.ts";

/** How long the end of a run waits for git, in milliseconds: less than is noticed. */
const PATIENCE = 500;
/** How many summaries are looked through for the one that an earlier process of the run has left. */
const LOOK_BACK = 500;

export interface SummarySource {
  readonly store: RunStore;
  readonly run: string;
  readonly plan: Plan;
  readonly root: string;
  readonly stateDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The run as earlier processes have left it. */
  readonly recorded: RecordedRun | undefined;
  readonly resumed: boolean;
  /** Whether other processes run other nodes of the same run, perhaps at this moment. */
  readonly shared: boolean;
}

/** Watches a run for the summary that is kept of it. Made when the run begins, before anything of it changes a file. */
export class SummaryWatch {
  /** What is checked out. */
  readonly commit: string | null;
  readonly branch: string | null;
  readonly #source: SummarySource;
  readonly #tree: WorkTree;
  readonly #evidence = new Evidence();

  constructor(source: SummarySource) {
    const { root, stateDir, env, recorded, shared } = source;
    this.#source = source;
    this.#tree = askWorkTree(root, stateDir, env);
    ({ commit: this.commit, branch: this.branch } = readCommit(root, env));
    if (!shared) for (const event of recorded?.events ?? []) this.#evidence.add(event);
  }

  see(event: RunEvent): void {
    this.#evidence.see(event);
  }

  /** Keeps the summary. Gives what went wrong, in words: a run does not fail for that. */
  async keep(result: RunResult): Promise<string | undefined> {
    const { store } = this.#source;
    try {
      await store.summaries.put(await this.#summary(result));
      return undefined;
    } catch (error) {
      const text = messageOf(error);
      return `what this run says for the history of flaky jobs could not be kept: ${text}`;
    }
  }

  async #summary(result: RunResult): Promise<RunSummary> {
    const { store, run, plan, shared } = this.#source;
    const { commit, branch } = this;
    const dirty = await this.#dirty();
    const together = dirty === false;
    // Journals of other processes of the run may have grown since this one began.
    const all = shared ? await store.read(run) : undefined;
    const nodes =
      all === undefined ? this.#evidence.nodes(plan, together, result.nodes) : ofAll(all, together);
    const failed = shared && Object.values(nodes).some((node) => node.state === "failed");
    return {
      version: SUMMARY_VERSION,
      run,
      pipeline: plan.pipeline,
      fingerprint: plan.fingerprint,
      commit,
      branch,
      dirty,
      ...(all === undefined ? { state: result.state, reason: result.reason } : standOf(all, failed, result)),
      startedAt: result.startedAt,
      duration: result.duration,
      nodes,
    };
  }

  /** Of all processes of the run on this commit together. */
  async #dirty(): Promise<boolean | null> {
    const { store, run, recorded, resumed, shared } = this.#source;
    const own = this.commit === null ? null : await this.#tree.isDirty(PATIENCE);
    if (own !== false || (!resumed && !shared)) return own;
    const before = recorded?.events.findLast((event) => event.type === "run.started");
    if (resumed && before?.commit !== this.commit) return own;
    const kept = await keptSummary(store, run);
    if (shared) return kept?.commit === this.commit ? kept.dirty : own;
    // An earlier process that was killed has not said how its work tree was.
    const end = endOf(recorded?.events ?? []);
    return kept === undefined || kept.duration !== end?.duration ? null : kept.dirty;
  }
}

/** What all processes of the run have found out. */
function ofAll({ plan, events }: RecordedRun, together: boolean): RunSummary["nodes"] {
  const evidence = new Evidence();
  for (const event of events) evidence.add(event);
  return evidence.nodes(plan, together);
}

/** How the whole run stands, and the part that has just ended where the run is not at an end. */
function standOf(all: RecordedRun, failed: boolean, part: RunResult): Pick<RunSummary, "state" | "reason"> {
  const { state, reason } = glanceOf({ ...all, owner: undefined });
  if (state !== "interrupted" && state !== "running") return { state, reason };
  return { state: failed ? "failed" : part.state, reason: part.reason };
}

async function keptSummary(store: RunStore, run: string): Promise<RunSummary | undefined> {
  let seen = 0;
  for await (const summary of store.summaries.read()) {
    if (summary.run === run) return summary;
    if (++seen >= LOOK_BACK) return undefined;
  }
  return undefined;
}
