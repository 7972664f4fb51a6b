import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "../../errors/index.ts";
import type { Artifact, Json, Plan, RunEvent } from "../../model/index.ts";
import { PLAN_VERSION } from "../../model/index.ts";
import type { RecordedRun, RunRecorder, RunStore } from "../../ports/index.ts";
import { FileArtifactStore } from "./artifacts.ts";
import { writeAtomic } from "./atomic.ts";
import { guarded } from "./faults.ts";
import { decodeJournal } from "./record.ts";
import { FileRecorder } from "./recorder.ts";

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

  constructor(stateDir: string) {
    this.location = stateDir;
    this.artifacts = new FileArtifactStore(join(stateDir, "artifacts"));
  }

  /** The folder of a run's logs. */
  logs(run: string): string {
    return join(this.#folder(run), "logs");
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
    const outputs = new Map<string, Json | undefined>();
    const artifacts = new Map<string, readonly Artifact[]>();
    for (const event of events) {
      if (event.type === "node.succeeded") {
        outputs.set(event.node, event.output);
        artifacts.set(event.node, event.artifacts ?? []);
      } else if (event.type === "node.started") {
        // It was run again: what it left before no longer stands.
        outputs.delete(event.node);
        artifacts.delete(event.node);
      }
    }
    return { run, plan, events, outputs, artifacts };
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
