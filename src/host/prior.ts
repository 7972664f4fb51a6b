import type { PriorNode } from "../engine/index.ts";
import { SluiceError } from "../errors/index.ts";
import type { Plan } from "../model/index.ts";
import type { RecordedRun } from "../ports/index.ts";

/**
 * What the selected nodes read of nodes that do not run now, from an earlier process of the run, or an earlier run. Inputs
 * from outside `asked` were looked for when the run began.
 *
 * @throws SluiceError `INPUT_MISSING` naming all that is not there
 */
export function priorResults(
  plan: Plan,
  selection: ReadonlySet<string>,
  recorded: RecordedRun | undefined,
  asked?: ReadonlySet<string>,
): ReadonlyMap<string, PriorNode> {
  const prior = new Map<string, PriorNode>();
  const { outputs, artifacts } = recorded ?? { outputs: new Map<string, never>(), artifacts: undefined };
  for (const id of outputs.keys())
    prior.set(id, {
      // A large run has many, and few are needed to go on with it.
      get output() {
        return outputs.get(id);
      },
      artifacts: artifacts?.get(id) ?? [],
    });
  const missing = [...missingInputs(plan, selection, recorded)].filter((id) => asked?.has(id) !== false);
  if (missing.length > 0) {
    const where =
      recorded === undefined ? "no earlier run of this definition was found" : `run ${recorded.run} has none`;
    throw new SluiceError("INPUT_MISSING", `the values of ${missing.join(", ")} are needed, and ${where}`, {
      hint: `Run these first, or name the run that holds them with --run ID.`,
    });
  }
  return prior;
}

/** Nodes whose values the selected ones read, and that are not among them. */
export function inputsOf(plan: Plan, selection: ReadonlySet<string>): ReadonlySet<string> {
  const inputs = plan.nodes
    .filter(({ id }) => selection.has(id))
    .flatMap(({ needs, evidence }) => [...needs, ...evidence.map(({ node }) => node)]);
  return new Set(inputs.filter((id) => !selection.has(id)));
}

/** Those of them that a run has not left. */
export function missingInputs(
  plan: Plan,
  selection: ReadonlySet<string>,
  recorded: RecordedRun | undefined,
): ReadonlySet<string> {
  const skipped = new Set(
    recorded?.events.flatMap((event) => (event.type === "node.skipped" ? [event.node] : [])),
  );
  const missing = [...inputsOf(plan, selection)].filter((id) => recorded?.outputs.has(id) !== true);
  return new Set(missing.filter((id) => !skipped.has(id)));
}
