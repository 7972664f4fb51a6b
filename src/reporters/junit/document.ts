import type { RunResult } from "../../model/index.ts";
import { unreachable } from "../../util/unreachable.ts";
import { formatNumber } from "../text/numbers.ts";
import type { NodeView } from "../view/node-view.ts";
import type { RunView, StageView } from "../view/run-view.ts";
import { xmlAttribute, xmlText } from "./xml-text.ts";

/** An element: members that begin with `@` are attributes, `#text` is its text, the others are elements in it. */
export interface Element {
  readonly [member: string]: string | Element | readonly Element[];
}

/** The run as JUnit XML: a suite for each stage, a case for each node. `logs` holds the ends of the logs of failed nodes. */
export function junitDocument(view: RunView, result: RunResult, logs: ReadonlyMap<string, string>): Element {
  return {
    "?xml": { "@version": "1.0", "@encoding": "UTF-8" },
    testsuites: {
      "@name": xmlAttribute(result.pipeline),
      ...totals([...view.nodes.values()]),
      "@time": seconds(result.duration),
      "@timestamp": timestamp(result.startedAt),
      testsuite: view.stages.map((stage) => suite(stage, view.plan.pipeline, logs)),
    },
  };
}

function suite(stage: StageView, pipeline: string, logs: ReadonlyMap<string, string>): Element {
  const { startedAt, endedAt } = stage;
  return {
    "@name": xmlAttribute(stage.name),
    ...totals(stage.nodes),
    "@time": seconds(startedAt === undefined || endedAt === undefined ? 0 : endedAt - startedAt),
    ...(startedAt === undefined ? {} : { "@timestamp": timestamp(startedAt) }),
    testcase: stage.nodes.map((node) => testcase(node, pipeline, logs.get(node.plan.id))),
  };
}

function testcase(node: NodeView, pipeline: string, log: string | undefined): Element {
  const { plan } = node;
  const found = properties(node);
  return {
    "@name": xmlAttribute(plan.name),
    "@classname": xmlAttribute(`${pipeline}.${plan.stage}`),
    ...(plan.source === null
      ? {}
      : { "@file": xmlAttribute(plan.source.file), "@line": String(plan.source.line) }),
    "@time": seconds(node.duration ?? 0),
    ...(found.length === 0 ? {} : { properties: { property: found } }),
    ...outcome(node, log),
  };
}

function outcome(node: NodeView, log: string | undefined): Element {
  switch (node.state) {
    case "succeeded":
      return {};
    case "failed":
      return { failure: failure(node, log) };
    case "pending":
    case "ready":
    case "running":
    case "skipped":
    case "cancelled":
    case "suspended": {
      const reason = node.reason === undefined ? "" : `: ${node.reason}`;
      return { skipped: { "@message": xmlAttribute(`${node.state}${reason}`) } };
    }
    default:
      return unreachable(node.state);
  }
}

function failure({ failure: why }: NodeView, log: string | undefined): Element {
  if (why === undefined) return { "@message": "failed" };
  const parts = [why.message, why.hint, log].filter((part) => part !== undefined && part !== "");
  return { "@message": xmlAttribute(why.message), "@type": why.code, "#text": xmlText(parts.join("\n\n")) };
}

function properties({ attempt, flaky, from, verdict, rollout }: NodeView): readonly Element[] {
  const found: Record<string, string> = {};
  if (attempt > 1) found["attempts"] = String(attempt);
  if (flaky) found["flaky"] = "true";
  if (from !== undefined) {
    found["from"] = from.kind;
    found["from.run"] = from.run;
    if (from.kind === "cache") found["from.time"] = seconds(from.took);
  }
  for (const { name, value, unit, min, max } of verdict?.figures ?? []) {
    found[name] = formatNumber(value);
    if (unit !== undefined) found[`${name}.unit`] = unit;
    if (min !== undefined) found[`${name}.min`] = formatNumber(min);
    if (max !== undefined) found[`${name}.max`] = formatNumber(max);
  }
  if (rollout !== undefined) {
    found["rollout.target"] = rollout.target;
    found["rollout.strategy"] = rollout.strategy;
    found["rollout.outcome"] = rollout.phase;
  }
  return Object.entries(found).map(([name, value]) => ({
    "@name": xmlAttribute(name),
    "@value": xmlAttribute(value),
  }));
}

function totals(nodes: readonly NodeView[]): Element {
  const failed = nodes.filter((node) => node.state === "failed").length;
  const skipped = nodes.filter((node) => node.state !== "failed" && node.state !== "succeeded").length;
  return {
    "@tests": String(nodes.length),
    "@failures": String(failed),
    "@errors": "0",
    "@skipped": String(skipped),
  };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function timestamp(at: number): string {
  return new Date(at).toISOString().slice(0, 19);
}
