import { relative, sep } from "node:path";
import type { Draft, DraftNode, DraftStage } from "../builder/draft.ts";
import { DefinitionError, type SourceLocation } from "../errors/index.ts";
import {
  PLAN_VERSION,
  type Condition,
  type JsonObject,
  type Plan,
  type PlanNode,
  type PlanStage,
} from "../model/index.ts";
import { planFingerprint } from "../model/fingerprint.ts";
import { deepFreeze } from "../util/deep-freeze.ts";
import { checkAccepted } from "./accepted.ts";
import { checkCacheable, hasEffects } from "./cache-options.ts";
import { createInputReader, type NodeInputs } from "./draft-spec.ts";
import { Issues, nodePath } from "./issues.ts";
import { resolveNodeOptions } from "./options.ts";
import { sortNodes } from "./order.ts";
import { checkEvidence, checkNames, checkShape } from "./rules.ts";
import { SILENT, specToJson } from "./spec.ts";
import { TargetNames } from "./target-names.ts";

/** A Plan with the values that run it. */
export interface Compiled {
  readonly plan: Plan;
  /** By the index of `plan.nodes`. */
  readonly nodes: readonly CompiledNode[];
  /** Where the values of its secrets come from. */
  readonly secrets: Draft["secrets"];
}

export interface CompiledNode {
  readonly action: DraftNode["action"];
  /** Whether what it runs holds refs or secrets. */
  readonly dynamic: boolean;
  readonly acceptsSkipped: boolean;
}

/**
 * Compiles a definition: checks every rule, then gives the frozen Plan.
 *
 * @throws DefinitionError with all problems at once
 */
export function compile(draft: Draft, params: JsonObject, root: string): Compiled {
  const issues = new Issues();
  for (const { site, ...issue } of draft.issues) issues.add(site, issue);
  checkNames(draft, issues);
  const read = createInputReader(draft, issues);
  const place = createPlaces(root);
  const targets = new TargetNames();
  const built = draft.nodes.map((node) => buildNode(draft, node, read, place, targets, issues));
  const stages = draft.stages.map((stage) => buildStage(draft, stage));
  const order = issues.empty ? orderNodes(draft, built, issues) : [];
  if (!issues.empty) throw new DefinitionError(draft.name, issues.list());
  const nodes = order.map((index) => at(built, index));
  const body = {
    version: PLAN_VERSION,
    pipeline: draft.name,
    params,
    secrets: [...draft.secrets].map(([name, source]) => ({ name, source: source.source, with: source.with })),
    passEnv: [...draft.passEnv],
    stages,
    nodes: nodes.map((one) => one.node),
  } as const;
  return {
    plan: deepFreeze({ ...body, fingerprint: planFingerprint(body) }),
    nodes: nodes.map((one) => one.compiled),
    secrets: draft.secrets,
  };
}

interface BuiltNode {
  readonly node: PlanNode;
  readonly compiled: CompiledNode;
}

function buildNode(
  draft: Draft,
  draftNode: DraftNode,
  read: (node: DraftNode) => NodeInputs,
  place: Places,
  targets: TargetNames,
  issues: Issues,
): BuiltNode {
  const shaped = checkShape(draftNode, issues);
  const inputs = shaped ? read(draftNode) : NOTHING;
  const options = resolveNodeOptions(draftNode.action.kind, draftNode.options, (option, message, hint) => {
    issues.node(draftNode, "option", `${option}: ${message}`, hint);
  });
  const action = draftNode.action;
  const evidence = shaped ? checkEvidence(draftNode, issues) : NONE;
  if (shaped) targets.check(draftNode, issues);
  if (shaped) checkAccepted(draft.name, draftNode, issues);
  const effects = shaped && hasEffects(draftNode);
  if (shaped) checkCacheable(draftNode, effects, issues);
  const acceptsSkipped = shaped && action.kind === "job" && action.step.acceptsSkipped === true;
  const node: PlanNode = {
    id: draftNode.id,
    name: draftNode.name,
    stage: draftNode.stage.name,
    kind: action.kind,
    needs: inputs.needs,
    skipWith: acceptsSkipped ? NONE : inputs.values,
    when: inputs.when,
    uses: shaped ? usesOf(draftNode) : "",
    with: inputs.with,
    retry: options.retry,
    timeout: options.timeout,
    grace: options.grace,
    weight: options.weight,
    locks: action.kind === "deploy" && shaped ? [...options.locks, targetLock(action)] : options.locks,
    secrets: inputs.secrets,
    artifacts: options.artifacts,
    cache: options.cache,
    effects,
    matrix: draftNode.matrix ?? null,
    evidence: evidence,
    source: place(draftNode.site.location),
  };
  return { node, compiled: { action, dynamic: inputs.dynamic, acceptsSkipped } };
}

const NONE: readonly never[] = Object.freeze([]);
const NOTHING: NodeInputs = {
  with: null,
  when: null,
  needs: NONE,
  values: NONE,
  secrets: NONE,
  dynamic: false,
};

function usesOf({ action }: DraftNode): string {
  switch (action.kind) {
    case "job":
      return action.step.kind;
    case "gate":
      return `gate:${action.check.kind}`;
    case "deploy":
      return `deploy:${action.target.kind}`;
  }
}

// Two deploys to one target in one run wait for each other instead of one finding the target busy.
function targetLock(action: { readonly target: { readonly kind: string; readonly name: string } }): string {
  return `target:${action.target.kind}/${action.target.name}`;
}

function buildStage(draft: Draft, stage: DraftStage): PlanStage {
  return {
    name: stage.name,
    after: stagesBefore(draft, stage).map((one) => one.name),
    // Problems of a stage's condition are reported with its nodes.
    when: stage.when === undefined ? null : (specToJson(stage.when, SILENT) as Condition | null),
    onFailure: stage.onFailure,
    finally: stage.finally,
    nodes: stage.nodes.map((node) => node.id),
  };
}

function stagesBefore(draft: Draft, stage: DraftStage): readonly DraftStage[] {
  if (stage.finally) return draft.stages.filter((other) => other !== stage);
  if (stage.after !== undefined) return stage.after;
  const before = draft.stages.slice(0, stage.index).filter((other) => !other.finally);
  return before.slice(-1);
}

function orderNodes(draft: Draft, built: readonly BuiltNode[], issues: Issues): readonly number[] {
  const index = new Map(draft.nodes.map((node, at) => [node.id, at]));
  const indexOf = (id: string): number => index.get(id) ?? 0;
  const result = sortNodes({
    needs: built.map(({ node }) => node.needs.map(indexOf)),
    stageOf: draft.nodes.map((node) => node.stage.index),
    after: draft.stages.map((stage) => stagesBefore(draft, stage).map((other) => other.index)),
    nodesOf: draft.stages.map((stage) => stage.nodes.map((node) => indexOf(node.id))),
  });
  if (result.ok) return result.order;
  // The one declared last is the one that closed the circle.
  const first = at(draft.nodes, Math.max(...result.cycle));
  const others = result.cycle.map((one) => `"${at(draft.nodes, one).id}"`).join(", ");
  issues.add(first.site, {
    rule: "cycle",
    path: nodePath(first),
    message: `it can never start: the order of the stages and the values used contradict each other (${others})`,
    hint: "A job cannot use a value of a later stage: move it there, or give the stages another `after`.",
  });
  return [];
}

type Places = (location: SourceLocation | undefined) => SourceLocation | null;

/** Makes places relative to the root, with `/`, so that a Plan is the same wherever the checkout lies. */
function createPlaces(root: string): Places {
  // Thousands of nodes are declared in a handful of files.
  const known = new Map<string, string>();
  return (location) => {
    if (location === undefined) return null;
    let file = known.get(location.file);
    if (file === undefined) {
      file = relative(root, location.file).split(sep).join("/");
      known.set(location.file, file);
    }
    return { ...location, file };
  };
}

function at<T>(list: readonly T[], index: number): T {
  return list[index] as T;
}
