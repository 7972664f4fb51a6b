import { SluiceError } from "../errors/index.ts";
import type { Plan } from "../model/index.ts";
import type { RecordedRun, RunStore } from "../ports/index.ts";
import { glances, type Warn } from "./glances.ts";
import { askedOf } from "../stores/_shared/fold-nodes.ts";
import { glanceOf } from "../stores/_shared/glance.ts";
import { busy, isOfOtherMachine } from "../stores/_shared/owner.ts";

/** The newest run of the pipeline that has not passed. @throws SluiceError `RUN_OVER` where there is none */
export async function newestOpen(store: RunStore, pipeline: string, warn: Warn): Promise<string> {
  const passedOver: string[] = [];
  const note = (message: string): void => {
    passedOver.push(message);
    warn(message);
  };
  for await (const { run, state } of glances(store, pipeline, note)) if (state !== "passed") return run;
  throw new SluiceError("RUN_OVER", `no run of "${pipeline}" in ${store.location} is left to go on with`, {
    hint: ["Start a new one.", ...passedOver].join("\n"),
  });
}

/**
 * Reads a run that this process has locked, so that what is read stays true.
 *
 * @throws SluiceError `RUN_BUSY`, `RUN_OVER`
 */
export async function readResumable(store: RunStore, run: string, takeOver = false): Promise<RecordedRun> {
  const recorded = await store.read(run);
  const { owner } = recorded;
  const elsewhere = owner !== undefined && isOfOtherMachine(owner);
  if (owner !== undefined && !(elsewhere && takeOver)) {
    const where = owner.machine === "" ? "" : ` on ${elsewhere ? owner.machine : "this machine"}`;
    throw busy(run, `process ${owner.pid}${where}`, elsewhere);
  }
  if (glanceOf({ ...recorded, owner: undefined }).state === "passed") {
    throw new SluiceError("RUN_OVER", `run ${run} has passed: there is nothing to go on with`, {
      hint: "Start a new run, or run a part of it again: run --run ID --from NODE.",
    });
  }
  return recorded;
}

/**
 * Refuses a definition that is not the one that the run was started from, with the difference.
 *
 * @throws SluiceError `DEFINITION_CHANGED`
 */
export async function checkSameDefinition(recorded: Plan, current: Plan, accept: boolean): Promise<void> {
  if (recorded.fingerprint === current.fingerprint) return;
  const [{ planDiff }, { planDiffText }, { measured }] = await Promise.all([
    import("../graph/plan-diff.ts"),
    import("../graph/plan-diff-text.ts"),
    import("../graph/width.ts"),
  ]);
  const changes = planDiff(recorded, current);
  const breaking = changes.filter((change) => change.impact === "breaking");
  if (breaking.length === 0 && accept) return;
  const text = await measured(() => planDiffText(changes, { color: false }));
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

/**
 * Refuses to go on with a run where another commit is checked out than the one that it was last gone on with.
 *
 * @throws SluiceError `COMMIT_CHANGED`
 */
export function checkSameCommit({ run, events }: RecordedRun, current: string | null): void {
  const began =
    events.findLast((event) => event.type === "run.started" && event.partial !== true) ??
    events.findLast((event) => event.type === "run.started");
  const before = began?.type === "run.started" ? began.commit : null;
  // Where there is no checkout, nothing can be compared.
  if (before === null || current === null || before === current) return;
  const [was, is] = [before.slice(0, 12), current.slice(0, 12)];
  throw new SluiceError("COMMIT_CHANGED", `run ${run} is one of commit ${was}, and ${is} is checked out`, {
    hint: `Check out ${was}, start a new run, or go on with what is here: --accept.`,
  });
}

/** What a resumed run does: everything that it is to run and has not succeeded, and the finally stage again. */
export function unfinished(plan: Plan, recorded: RecordedRun): ReadonlySet<string> {
  const isFinally = new Set(plan.stages.filter((stage) => stage.finally).map((stage) => stage.name));
  const asked = askedOf(recorded.events);
  return new Set(
    plan.nodes
      .filter(({ id }) => asked?.has(id) !== false)
      .filter((node) => isFinally.has(node.stage) || !recorded.outputs.has(node.id))
      .map((node) => node.id),
  );
}
