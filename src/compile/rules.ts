import type { Draft, DraftNode } from "../builder/draft.ts";
import { refHandle } from "../model/index.ts";
import { stagePath, type Issues } from "./issues.ts";

// What nearly all names are; V8 takes half a millisecond to compile the classes of Unicode.
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9 ._-]*$/;
const isName = (name: string): boolean => PLAIN.test(name) || /^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u.test(name);
const isCell = (name: string): boolean => PLAIN.test(name) || /^[^/\p{Cc}]+$/u.test(name);
const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*\*?$/;
const NAME_HINT = "Use letters, digits, spaces, and . _ - after the first character.";

/** Names, and their being unique. */
export function checkNames(draft: Draft, issues: Issues): void {
  const pipelinePath = `pipeline "${draft.name}"`;
  if (!isName(draft.name)) {
    issues.add(undefined, {
      rule: "name",
      path: pipelinePath,
      message: "the name is not usable",
      hint: NAME_HINT,
    });
  }
  if (draft.nodes.length === 0) {
    const message = "it has no job, so that a run would pass without doing anything";
    issues.add(undefined, {
      rule: "empty-pipeline",
      path: pipelinePath,
      message,
      hint: "Add p.stage(...).job(...).",
    });
  }
  const stages = new Set<string>();
  for (const stage of draft.stages) {
    const path = stagePath(stage);
    if (!isName(stage.name))
      issues.add(stage.site, { rule: "name", path, message: "the name is not usable", hint: NAME_HINT });
    if (stages.has(stage.name)) {
      const hint = "Give each stage a name of its own; `finally` is taken by p.finally(...).";
      issues.add(stage.site, {
        rule: "duplicate-name",
        path,
        message: "there is another stage of this name",
        hint,
      });
    }
    stages.add(stage.name);
    if (stage.nodes.length === 0) {
      issues.add(stage.site, {
        rule: "empty-stage",
        path,
        message: "it has no job",
        hint: "Add one, or remove the stage.",
      });
    }
    checkNodeNames(stage.nodes, issues);
  }
  for (const name of draft.passEnv) {
    if (ENVIRONMENT_NAME.test(name)) continue;
    const message = `passEnv holds ${JSON.stringify(name)}, which is no variable's name`;
    issues.add(undefined, {
      rule: "pass-env",
      path: pipelinePath,
      message,
      hint: 'Names, or prefixes such as "NPM_CONFIG_*".',
    });
  }
}

function checkNodeNames(nodes: readonly DraftNode[], issues: Issues): void {
  const seen = new Set<string>();
  for (const node of nodes) {
    if (!(node.matrix === undefined ? isName : isCell)(node.name))
      issues.node(node, "name", "the name is not usable", NAME_HINT);
    if (seen.has(node.name)) {
      issues.node(
        node,
        "duplicate-name",
        "there is another node of this name in the stage",
        "Give each a name of its own.",
      );
    }
    seen.add(node.name);
  }
}

type Part = keyof typeof SHAPES;

/** That what was passed as step, check, target, app or strategy is one: TypeScript sees to it, JavaScript does not. */
export function checkShape(node: DraftNode, issues: Issues): boolean {
  const action = node.action;
  const parts: [Part, unknown, string][] =
    action.kind === "job"
      ? [["step", action.step, "execute"]]
      : action.kind === "gate"
        ? [["check", action.check, "judge"]]
        : [
            ["to", action.target, "connect"],
            ["strategy", action.strategy, "release"],
            ...(action.load === undefined
              ? []
              : [["load", action.load, "execute"] as [Part, unknown, string]]),
          ];
  const wrong = parts
    .filter(([, part, method]) => {
      return typeof (part as Record<string, unknown> | null | undefined)?.[method] !== "function";
    })
    .map(([name]) => name);
  if (action.kind === "deploy" && !isApp(action.app)) wrong.push("app");
  for (const name of wrong) issues.node(node, "shape", SHAPES[name].problem, SHAPES[name].hint);
  const ok = wrong.length === 0;
  if (ok) reportStepProblems(node, issues);
  return ok;
}

/** An app that is made of nothing with gates, such as a folder of manifests, has no subject. */
function isApp(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { kind, spec, subject } = value as { kind?: unknown; spec?: unknown; subject?: unknown };
  return (
    typeof kind === "string" &&
    typeof spec === "object" &&
    (subject === undefined || refHandle(subject) !== undefined)
  );
}

const SHAPES = {
  step: { problem: "what it runs is not a step", hint: "Give sh`...`, another step, or a function." },
  check: {
    problem: "its check is not a check",
    hint: "Give a check such as junit({ ... }), or a function that returns a boolean.",
  },
  to: {
    problem: "`to` is not a target",
    hint: "Give a target such as local({ name }), kubernetes({ cluster }) or eks({ … }).",
  },
  app: {
    problem: "`app` is not an app",
    hint: "Make it with service({ ... }), manifests(...), kustomize(...) or helm({ ... }) from sluice/deploy.",
  },
  strategy: {
    problem: "`strategy` is not a strategy",
    hint: "Give rolling(), canary({ ... }) or blueGreen().",
  },
  load: { problem: "`load` is not a step", hint: "Give sh`...` or another step." },
} as const;

function reportStepProblems(node: DraftNode, issues: Issues): void {
  const step =
    node.action.kind === "job"
      ? node.action.step
      : node.action.kind === "deploy"
        ? node.action.load
        : undefined;
  for (const problem of step?.problems ?? []) issues.node(node, problem.rule, problem.message, problem.hint);
}

/** That a deploy's value has passed every gate that the target requires. */
export function checkEvidence(node: DraftNode, issues: Issues): { gate: string; node: string }[] {
  if (node.action.kind !== "deploy") return [];
  const { target, app } = node.action;
  const passed = refHandle(app.subject)?.passed ?? [];
  const evidence: { gate: string; node: string }[] = [];
  for (const gate of target.requires) {
    const found = passed.find((one) => one.gate === gate);
    if (found !== undefined) evidence.push(found);
    else {
      const has = passed.length === 0 ? "none" : passed.map((one) => `"${one.gate}"`).join(", ");
      issues.node(
        node,
        "evidence",
        `target "${target.name}" requires gate "${gate}", which the deployed value has not passed (passed: ${has})`,
        `Deploy what gate("${gate}", …) returned.`,
      );
    }
  }
  return evidence;
}
