import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, isSluiceError, SluiceError } from "../../errors/index.ts";
import type { Plan, RunEvent, RunOwner } from "../../model/index.ts";
import type { RecordedRun, RunGlance, RunLock, RunRecorder, RunStore } from "../../ports/index.ts";
import { logFileName } from "../../util/log-name.ts";
import { foldResults } from "../_shared/fold.ts";
import { glanceOf } from "../_shared/glance.ts";
import { journalHeader } from "../_shared/header.ts";
import { busy, isSame, liveOwners, ownOwner } from "../_shared/owner.ts";
import { decodeJournal, encodeRecord } from "../_shared/record.ts";
import { upgradePlan } from "../_shared/upgrade.ts";
import { FileArtifactStore } from "./artifacts.ts";
import { FileBaselineStore } from "./baselines.ts";
import { guarded, unreadable } from "./faults.ts";
import { glanceAtFolder, makerOf } from "./glance.ts";
import { journalsOf, nextJournal, PLAN } from "./layout.ts";
import { makeRun } from "./new-run.ts";
import { isAtRun } from "./open-runs.ts";
import { FileRecorder } from "./recorder.ts";
import { removeRun } from "./remove-run.ts";
import { listRuns, RUN_ID, timeOf } from "./run-list.ts";
import { FileSummaryStore } from "./summaries.ts";

/**
 * Runs below `<state>/runs/<id>`: `plan.json`, `logs/`, and a journal for each process that was at the run. No two
 * journals have one name, so that folders brought together from several machines add up.
 */
export class FileRunStore implements RunStore {
  readonly location: string;
  readonly artifacts: FileArtifactStore;
  readonly baselines: FileBaselineStore;
  readonly summaries: FileSummaryStore;
  readonly #runs: string;

  constructor(stateDir: string) {
    this.location = stateDir;
    this.#runs = join(stateDir, "runs");
    this.artifacts = new FileArtifactStore(join(stateDir, "artifacts"));
    this.baselines = new FileBaselineStore(join(stateDir, "baselines"));
    this.summaries = new FileSummaryStore(join(stateDir, "history"));
  }

  create(run: string, plan: Plan): Promise<RunRecorder> {
    return Promise.resolve().then(() => {
      if (!RUN_ID.test(run)) {
        throw new SluiceError("USAGE", `"${run}" is no run id`, { hint: "Letters, digits and . _ - only." });
      }
      const folder = this.#folder(run);
      if (existsSync(join(folder, PLAN))) return this.#join(run, plan);
      const journal = guarded(folder, () => {
        mkdirSync(this.#runs, { recursive: true });
        const ignore = join(this.location, ".gitignore");
        if (!existsSync(ignore)) writeFileSync(ignore, "*\n");
        return makeRun(this.#runs, run, plan, ownOwner());
      });
      return journal === undefined ? this.#join(run, plan) : new FileRecorder({ folder, name: journal });
    });
  }

  #join(run: string, plan: Plan): Promise<RunRecorder> {
    if (this.#plan(run).fingerprint === plan.fingerprint) return this.append(run);
    throw new SluiceError("STATE_CORRUPT", `run ${run} was started from another definition or other params`, {
      hint: "Start a new run, or check out what the run was started from.",
    });
  }

  append(run: string): Promise<RunRecorder> {
    return Promise.resolve().then(() => {
      const folder = this.#known(run);
      const name = nextJournal(readdirSync(folder), Date.now());
      return new FileRecorder({ folder, name, head: encodeRecord(journalHeader()) });
    });
  }

  async lock(run: string, takeOver = false): Promise<RunLock> {
    const folder = this.#known(run);
    const { isElsewhere, takeLock } = await import("../../util/state/lock.ts");
    const attempt = await takeLock(folder, "lock", { run }, { takeOver });
    if (attempt.taken) return attempt.lock;
    const { holder } = attempt;
    throw busy(run, `process ${holder.owner.pid} on ${holder.host}`, isElsewhere(holder));
  }

  read(run: string): Promise<RecordedRun> {
    return this.#look(run, (folder) => {
      const plan = this.#plan(run);
      const segments = journalsOf(readdirSync(folder)).map((name) => {
        const file = join(folder, name);
        return decodeJournal(readFileSync(file), file);
      });
      const [only] = segments;
      const events: readonly RunEvent[] =
        segments.length === 1 && only !== undefined ? only.events : segments.flatMap((one) => one.events);
      const owner = liveOwners(events, makerOf(segments)).find((one) => isThere(folder, one));
      return { run, plan, events, ...foldResults(events), owner };
    });
  }

  async glance(run: string): Promise<RunGlance> {
    const glance = await this.#look(run, (folder) => {
      const pipelineOf = (): string => this.#plan(run).pipeline;
      return glanceAtFolder(run, folder, pipelineOf, (owner) => isThere(folder, owner));
    });
    return glance ?? glanceOf(await this.read(run));
  }

  list(): Promise<readonly string[]> {
    return Promise.resolve().then(() => listRuns(this.#runs));
  }

  async *log(run: string, node: string, from = 0): AsyncIterable<Uint8Array> {
    const file = join(this.#folder(run), "logs", logFileName(node));
    if (existsSync(file)) yield* createReadStream(file, { start: from }) as AsyncIterable<Uint8Array>;
  }

  async size(run: string): Promise<number> {
    const entries = await readdir(this.#known(run), { recursive: true, withFileTypes: true });
    let bytes = 0;
    for (const entry of entries) {
      if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
    }
    return bytes;
  }

  async remove(run: string): Promise<void> {
    this.#known(run);
    await removeRun(this.#runs, run);
  }

  #plan(run: string): Plan {
    const file = join(this.#known(run), PLAN);
    let recorded: unknown;
    try {
      recorded = JSON.parse(readFileSync(file, "utf8"));
    } catch (error) {
      if (codeOf(error) !== undefined) throw unreadable(file, error);
      throw new SluiceError("STATE_CORRUPT", `${file} is not JSON`, {
        hint: "Start a new run.",
        cause: error,
      });
    }
    return upgradePlan(recorded, file);
  }

  /** Reads what is in the run's folder, which may be removed meanwhile. */
  #look<T>(run: string, read: (folder: string) => T): Promise<T> {
    return Promise.resolve().then(() => {
      const folder = this.#known(run);
      try {
        return read(folder);
      } catch (error) {
        const code = codeOf(error);
        if (code === "ENOENT") this.#known(run);
        throw isSluiceError(error) || code === undefined ? error : unreadable(folder, error);
      }
    });
  }

  /** The run's folder. Throws `RUN_UNKNOWN`. */
  #known(run: string): string {
    const folder = this.#folder(run);
    if (RUN_ID.test(run) && timeOf(join(folder, PLAN)) !== undefined) return folder;
    throw new SluiceError("RUN_UNKNOWN", `there is no run "${run}" in ${this.location}`, {
      hint: "Check the id and --state-dir.",
    });
  }

  #folder(run: string): string {
    return join(this.#runs, run);
  }
}

/** False for a process of this very program that has stopped being at the run. */
function isThere(folder: string, owner: RunOwner): boolean {
  return isAtRun(folder) || !isSame(owner, ownOwner());
}
