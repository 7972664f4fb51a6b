import type { Draft, DraftNode } from "../builder/draft.ts";
import type { Condition, Json, RefHandle } from "../model/index.ts";
import type { Issues } from "./issues.ts";
import { expressionNodes, specToJson, type SpecVisitor } from "./spec.ts";

/** What a node's values say about its edges. */
export interface NodeInputs {
  /** What it runs, as data. */
  readonly with: Json;
  readonly when: Condition | null;
  /** Ids in the order in which they are named; values first, then conditions, then `after`. */
  readonly needs: readonly string[];
  /** Those of `needs` whose values its work reads. */
  readonly values: readonly string[];
  readonly secrets: readonly string[];
  /** Whether the spec holds refs or secrets that must be filled in before it runs. */
  readonly dynamic: boolean;
}

const NONE: readonly string[] = Object.freeze([]);

/**
 * Gives what walks everything that a node was given. One reader serves all nodes: it keeps what it gathers in itself, so
 * that a large pipeline makes no sets and functions for each of them.
 */
export function createInputReader(draft: Draft, issues: Issues): (node: DraftNode) => NodeInputs {
  const byId = new Map(draft.nodes.map((node) => [node.id, node]));
  const values = new Set<string>();
  const order = new Set<string>();
  const secrets = new Set<string>();
  let node: DraftNode;
  const visitor = (into: Set<string>): SpecVisitor => ({
    ref: (handle) => {
      if (!checkRef(draft, node, handle, byId, issues)) return;
      const { expression } = handle;
      if ("$ref" in expression) into.add(expression.$ref);
      else for (const id of expressionNodes(expression)) into.add(id);
    },
    secret: (name, owner) => {
      if (owner === draft) secrets.add(name);
      else
        issues.node(
          node,
          "foreign-secret",
          `it uses secret "${name}" of another pipeline`,
          "Use this pipeline's own.",
        );
    },
    problem: (path, message, hint) => {
      issues.node(node, "not-data", path === "" ? message : `${path}: ${message}`, hint);
    },
  });
  const [ofValues, ofOrder] = [visitor(values), visitor(order)];

  return (read) => {
    node = read;
    values.clear();
    order.clear();
    secrets.clear();
    const spec = specToJson(actionSpec(node), ofValues);
    // A stage's condition may read values too; each of its nodes then waits for them.
    if (node.stage.when !== undefined) specToJson(node.stage.when, ofOrder);
    const when = node.options.when === undefined ? null : specToJson(node.options.when, ofOrder);
    specToJson(node.options.after ?? NONE, ofOrder);
    return {
      with: spec,
      when: when as Condition | null,
      needs: listOf(values, order),
      values: listOf(values),
      secrets: listOf(secrets),
      dynamic: values.size > 0 || secrets.size > 0,
    };
  };
}

/** The members of both, each once. */
function listOf(first: ReadonlySet<string>, second?: ReadonlySet<string>): readonly string[] {
  if (first.size === 0) return second === undefined ? NONE : listOf(second);
  if (second === undefined || second.size === 0) return [...first];
  return [...new Set([...first, ...second])];
}

/** The part of an action that stands in the Plan. */
export function actionSpec(node: DraftNode): unknown {
  const action = node.action;
  switch (action.kind) {
    case "job":
      return action.step.spec;
    case "gate":
      return { subject: action.subject, check: action.check.spec };
    case "deploy":
      return {
        target: { name: action.target.name, requires: action.target.requires, spec: action.target.spec },
        app: { kind: action.app.kind, spec: action.app.spec },
        strategy: { kind: action.strategy.kind, spec: action.strategy.spec },
        ...(action.load === undefined ? {} : { load: { kind: action.load.kind, spec: action.load.spec } }),
      };
  }
}

function checkRef(
  draft: Draft,
  node: DraftNode,
  handle: RefHandle,
  byId: ReadonlyMap<string, DraftNode>,
  issues: Issues,
): boolean {
  if (handle.owner !== draft) {
    issues.node(
      node,
      "foreign-ref",
      "it uses a value of another pipeline",
      "Use what this definition's own nodes return.",
    );
    return false;
  }
  const expression = handle.expression;
  if ("$artifact" in expression) {
    const declared = Object.keys(byId.get(expression.$artifact)?.options.artifacts ?? {});
    if (!declared.includes(expression.name)) {
      const hint =
        declared.length === 0
          ? "It declares none: add `artifacts` to its options."
          : `It has: ${declared.join(", ")}.`;
      issues.node(
        node,
        "unknown-artifact",
        `"${expression.$artifact}" has no artifact "${expression.name}"`,
        hint,
      );
    }
  }
  return true;
}
