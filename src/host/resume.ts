import { SluiceError } from "../errors/index.ts";
import type { Plan } from "../model/index.ts";
import type { RecordedRun, RunStore } from "../ports/index.ts";
import { historyOf } from "./history.ts";
import { liveOwner } from "./owner.ts";

/** The run to go on with: the one named, or the newest of the pipeline that has not passed. */
export async function findResumable(
  store: RunStore,
  pipeline: string,
  named: string | undefined,
): Promise<RecordedRun> {
  const recorded = named === undefined ? await newestOpen(store, pipeline) : await store.read(named);
  const owner = liveOwner(recorded.events);
  if (owner !== undefined) {
    const where = `process ${owner.pid}${owner.machine === "" ? "" : ` on ${owner.machine}`}`;
    throw new SluiceError("RUN_BUSY", `run ${recorded.run} is being run by ${where}`, {
      hint: "Wait for it, or end that process first.",
    });
  }
  if (historyOf(recorded).state === "passed") {
    throw new SluiceError("RUN_OVER", `run ${recorded.run} has passed: there is nothing to go on with`, {
      hint: "Start a new run, or run a part of it again: run --run ID --from NODE.",
    });
  }
  return recorded;
}

async function newestOpen(store: RunStore, pipeline: string): Promise<RecordedRun> {
  for (const id of await store.list()) {
    const recorded = await store.read(id);
    if (recorded.plan.pipeline === pipeline && historyOf(recorded).state !== "passed") return recorded;
  }
  throw new SluiceError("RUN_OVER", `no run of "${pipeline}" in ${store.location} is left to go on with`, {
    hint: "Start a new one.",
  });
}

/**
 * Refuses a definition that is not the one that the run was started from, with the difference.
 *
 * @throws SluiceError `DEFINITION_CHANGED`
 */
export async function checkSameDefinition(recorded: Plan, current: Plan, accept: boolean): Promise<void> {
  if (recorded.fingerprint === current.fingerprint) return;
  const [{ planDiff }, { planDiffText }] = await Promise.all([
    import("../graph/plan-diff.ts"),
    import("../graph/plan-diff-text.ts"),
  ]);
  const changes = planDiff(recorded, current);
  const breaking = changes.filter((change) => change.impact === "breaking");
  if (breaking.length === 0 && accept) return;
  const text = planDiffText(changes, { color: false });
  throw new SluiceError(
    "DEFINITION_CHANGED",
    `the definition is not the one that the run was started from\n${text}`,
    {
      hint:
        breaking.length === 0
          ? "All of this is harmless: go on with --accept."
          : "Check out what the run was started from, or start a new run.",
    },
  );
}

/** What a resumed run does: everything that has not succeeded, and the finally stage again. */
export function unfinished(plan: Plan, recorded: RecordedRun): ReadonlySet<string> {
  const isFinally = new Set(plan.stages.filter((stage) => stage.finally).map((stage) => stage.name));
  return new Set(
    plan.nodes
      .filter((node) => isFinally.has(node.stage) || !recorded.outputs.has(node.id))
      .map((node) => node.id),
  );
}

/**
 * Refuses a run that another process has gone on with between its being read and its being locked: what was read of it
 * no longer says what has succeeded.
 *
 * @throws SluiceError `RUN_BUSY`
 */
export async function checkUntouched(store: RunStore, read: RecordedRun): Promise<void> {
  const now = await store.read(read.run);
  if (now.events.length === read.events.length) return;
  throw new SluiceError("RUN_BUSY", `run ${read.run} was gone on with by another process just now`, {
    hint: "Look at it (show), and resume again if something is left to do.",
  });
}
