import { createReadStream, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "../../errors/index.ts";
import type { Plan, RunEvent } from "../../model/index.ts";
import { PLAN_VERSION } from "../../model/index.ts";
import type { RecordedRun, RunGlance, RunLock, RunRecorder, RunStore } from "../../ports/index.ts";
import { logFileName } from "../../util/log-name.ts";
import { foldResults } from "../_shared/fold.ts";
import { endOf, glanceAt } from "../_shared/glance.ts";
import { busy, liveOwner } from "../_shared/owner.ts";
import { FileArtifactStore } from "./artifacts.ts";
import { writeAtomic } from "./atomic.ts";
import { FileBaselineStore } from "./baselines.ts";
import { guarded } from "./faults.ts";
import { decodeJournal } from "../_shared/record.ts";
import { FileRecorder } from "./recorder.ts";
import { FileSummaryStore } from "./summaries.ts";

const JOURNAL = /^journal(-[\w.]+)?\.jsonl$/;
const FIRST = "journal.jsonl";
const RUN_ID = /^[A-Za-z0-9][\w.-]{0,127}$/;

/**
 * Runs below `<state>/runs/<id>`: `plan.json`, `journal.jsonl` and `logs/`. Processes that run single nodes of one run
 * write journals of their own beside it, so that folders brought together from several machines add up.
 */
export class FileRunStore implements RunStore {
  readonly location: string;
  readonly artifacts: FileArtifactStore;
  readonly baselines: FileBaselineStore;
  readonly summaries: FileSummaryStore;

  constructor(stateDir: string) {
    this.location = stateDir;
    this.artifacts = new FileArtifactStore(join(stateDir, "artifacts"));
    this.baselines = new FileBaselineStore(join(stateDir, "baselines"));
    this.summaries = new FileSummaryStore(join(stateDir, "history"));
  }

  async lock(run: string): Promise<RunLock> {
    await this.#plan(run);
    const { takeLock } = await import("../../util/state/lock.ts");
    const attempt = await takeLock(this.#folder(run), "lock", { run });
    if (attempt.taken) return attempt.lock;
    const { owner, host } = attempt.holder;
    throw busy(run, owner.pid, host);
  }

  async *log(run: string, node: string, from = 0): AsyncIterable<Uint8Array> {
    const file = join(this.#folder(run), "logs", logFileName(node));
    if (existsSync(file)) yield* createReadStream(file, { start: from }) as AsyncIterable<Uint8Array>;
  }

  async size(run: string): Promise<number> {
    const entries = await readdir(this.#folder(run), { recursive: true, withFileTypes: true });
    let bytes = 0;
    for (const entry of entries) {
      if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
    }
    return bytes;
  }

  async remove(run: string): Promise<void> {
    await this.#plan(run);
    await rm(this.#folder(run), { recursive: true });
  }

  create(run: string, plan: Plan): Promise<RunRecorder> {
    return Promise.resolve().then(() => {
      const folder = this.#folder(run);
      if (!RUN_ID.test(run)) {
        throw new SluiceError("USAGE", `"${run}" is no run id`, { hint: "Letters, digits and . _ - only." });
      }
      guarded(folder, () => {
        mkdirSync(folder, { recursive: true });
        const ignore = join(this.location, ".gitignore");
        if (!existsSync(ignore)) writeFileSync(ignore, "*\n");
      });
      const planFile = join(folder, "plan.json");
      if (existsSync(planFile)) return this.#join(run, plan);
      writeAtomic(planFile, JSON.stringify(plan));
      return new FileRecorder(folder, FIRST);
    });
  }

  async #join(run: string, plan: Plan): Promise<RunRecorder> {
    const known = await this.#plan(run);
    if (known.fingerprint !== plan.fingerprint) {
      throw new SluiceError(
        "STATE_CORRUPT",
        `run ${run} was started from another definition or other params`,
        {
          hint: "Start a new run, or check out what the run was started from.",
        },
      );
    }
    return await this.append(run);
  }

  /** Opens a run that is there for one more process. Throws `RUN_UNKNOWN`. */
  async append(run: string): Promise<RunRecorder> {
    await this.#plan(run);
    const part = `${Date.now().toString(36)}.${process.pid.toString(36)}`;
    return new FileRecorder(this.#folder(run), `journal-${part}.jsonl`);
  }

  async read(run: string): Promise<RecordedRun> {
    const plan = await this.#plan(run);
    const folder = this.#folder(run);
    // The run's first process wrote the file without a part in its name; the others' names sort by time.
    const parts = (await readdir(folder)).filter((name) => JOURNAL.test(name) && name !== FIRST).sort();
    const files = [FIRST, ...parts];
    const events: RunEvent[] = [];
    for (const name of files) {
      const file = join(folder, name);
      for (const event of decodeJournal(await readFile(file, "utf8"), file).events) events.push(event);
    }
    return { run, plan, events, ...foldResults(events), owner: liveOwner(events) };
  }

  async glance(run: string): Promise<RunGlance> {
    const { plan, events, owner } = await this.read(run);
    const [first, last] = [events[0], events.at(-1)];
    return glanceAt(run, plan.pipeline, { first, last, finished: endOf(events), owner });
  }

  async list(): Promise<readonly string[]> {
    try {
      return (await readdir(join(this.location, "runs")))
        .filter((name) => RUN_ID.test(name))
        .sort()
        .reverse();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }

  async #plan(run: string): Promise<Plan> {
    const file = join(this.#folder(run), "plan.json");
    const text = await readFile(file, "utf8").catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      throw new SluiceError("RUN_UNKNOWN", `there is no run "${run}" in ${this.location}`, {
        hint: "Check the id and --state-dir.",
      });
    });
    const plan = parse(text, file) as Partial<Plan> | null;
    if (plan?.version !== PLAN_VERSION) {
      const found = JSON.stringify((plan as { version?: unknown } | null)?.version) as string | undefined;
      throw new SluiceError(
        "STATE_CORRUPT",
        `${file}: a plan of version ${found ?? "none"}, this Sluice reads ${PLAN_VERSION}`,
        {
          hint: "Use the Sluice that started the run.",
        },
      );
    }
    return plan as Plan;
  }

  #folder(run: string): string {
    return join(this.location, "runs", run);
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SluiceError("STATE_CORRUPT", `${file} is not JSON`, { hint: "Start a new run.", cause: error });
  }
}
