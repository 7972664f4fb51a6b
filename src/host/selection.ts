import { SluiceError } from "../errors/index.ts";
import type { Plan, PlanNode } from "../model/index.ts";

/**
 * The nodes to run: those named by `only` (by id, by name where that is unique, or a whole stage), or `from` with
 * everything that comes after it. `undefined` is all.
 *
 * @throws SluiceError `NODE_UNKNOWN` with the names that come nearest
 */
export function selectNodes(
  plan: Plan,
  only: readonly string[] | undefined,
  from: string | undefined,
): ReadonlySet<string> | undefined {
  if (from !== undefined) return downstream(plan, find(plan, from));
  if (only === undefined || only.length === 0) return undefined;
  return new Set(only.flatMap((name) => find(plan, name)).map((node) => node.id));
}

function find(plan: Plan, name: string): readonly PlanNode[] {
  const byId = plan.nodes.filter((node) => node.id === name);
  if (byId.length > 0) return byId;
  const stage = plan.nodes.filter((node) => node.stage === name);
  if (stage.length > 0) return stage;
  const byName = plan.nodes.filter((node) => node.name === name || node.name.startsWith(`${name}[`));
  const stages = new Set(byName.map((node) => node.stage));
  if (stages.size === 1) return byName;
  const ids = byName.map((node) => node.id);
  const message = ids.length === 0 ? `there is no node "${name}"` : `"${name}" is the name of several nodes`;
  const all = plan.nodes.slice(0, 20).map((node) => node.id);
  throw new SluiceError("NODE_UNKNOWN", message, {
    hint: `Name one of: ${(ids.length === 0 ? all : ids).join(", ")}.`,
  });
}

function downstream(plan: Plan, start: readonly PlanNode[]): ReadonlySet<string> {
  const selected = new Set(start.map((node) => node.id));
  const stages = new Set<string>();
  // Plan order puts every node after what it needs, so one pass over the stages and nodes is enough for each.
  const later = new Set(start.map((node) => node.stage));
  for (let grown = true; grown;) {
    grown = false;
    for (const stage of plan.stages) {
      if (stages.has(stage.name) || !stage.after.some((name) => later.has(name))) continue;
      stages.add(stage.name);
      later.add(stage.name);
      grown = true;
    }
  }
  for (const node of plan.nodes) {
    if (stages.has(node.stage) || node.needs.some((need) => selected.has(need))) selected.add(node.id);
  }
  return selected;
}
