import { setTimeout } from "node:timers/promises";
import type { Pipeline } from "../builder/index.ts";
import { isSluiceError, SluiceError } from "../errors/index.ts";
import type { Answer, RecordedRun, RunStore } from "../ports/index.ts";
import { isGuest } from "../stores/_shared/owner.ts";
import { checkWelcome } from "./decision-rules.ts";
import { historyOf } from "./history.ts";
import { checkOfPipeline } from "./of-pipeline.ts";
import { openStore, type StateOptions } from "./store.ts";

/** What a decision has led to. */
export interface DecisionResult {
  /** The gate's node. */
  readonly node: string;
  /** How many more people must approve there before the run can go on; 0 where it can. */
  readonly missing: number;
}

/** How long others who decide at the same moment are waited for, in milliseconds. */
const PATIENCE = 5_000;
const PAUSE = 25;

/** Records that somebody approves or rejects at a gate of a suspended run. */
export async function decideGate(
  pipe: Pipeline,
  run: string,
  gate: string,
  answer: Answer,
  options: StateOptions,
): Promise<DecisionResult> {
  const clean = cleaned(answer);
  const store = await openStore(pipe, options);
  // Held while the decision is weighed and written: what another one adds meanwhile must count for this one.
  const lock = await lockOf(pipe, store, run);
  try {
    const recorded = withoutGuest(await store.read(run));
    const now = Date.now();
    const { node, missing } = checkWelcome(recorded, gate, clean, now);
    const recorder = await store.append(run);
    try {
      recorder.append({ type: "gate.decided", at: now, node, ...clean });
      await recorder.sync();
    } finally {
      await recorder.close();
    }
    return { node, missing };
  } finally {
    await lock.release();
  }
}

/** Waits for who else decides at this moment, and not for who runs the run. */
async function lockOf(pipe: Pipeline, store: RunStore, run: string): Promise<{ release(): Promise<void> }> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const recorded = withoutGuest(await store.read(run));
    checkOfPipeline(recorded, pipe);
    if (historyOf(recorded).state === "running") {
      throw new SluiceError("RUN_BUSY", `run ${run} is being run: its gates are answered where it runs`, {
        hint: "Answer there, or wait until it is suspended.",
      });
    }
    try {
      return await store.lock(run);
    } catch (error) {
      if (!isSluiceError(error) || error.code !== "RUN_BUSY" || Date.now() >= until) throw error;
      await setTimeout(PAUSE);
    }
  }
}

/** Whoever runs only a part of the run is not at its gates. */
function withoutGuest(recorded: RecordedRun): RecordedRun {
  const { events, owner } = recorded;
  return owner !== undefined && isGuest(events, owner) ? { ...recorded, owner: undefined } : recorded;
}

/** As it is kept: a name in one line and no more of a reason than somebody would read. */
function cleaned({ approved, by, reason }: Answer): Answer {
  if (typeof approved !== "boolean" || typeof by !== "string" || typeof (reason ?? "") !== "string") {
    throw new SluiceError("USAGE", "a decision is { approved: true or false, by: a name, reason?: a text }");
  }
  const name = plain(by).replace(/\s+/g, " ").trim().slice(0, 200);
  if (name === "")
    throw new SluiceError("USAGE", "a decision needs a name", { hint: "Say who decides: --by NAME." });
  const why = plain(reason ?? "")
    .trim()
    .slice(0, 2_000);
  return { approved, by: name, ...(why === "" ? {} : { reason: why }) };
}

/** Without what could rewrite the terminal of whoever reads it later. */
function plain(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g,
    " ",
  );
}
