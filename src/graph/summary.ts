import type { Json, JsonObject, PlanNode } from "../model/index.ts";
import { brief, commandText, isEmpty, isObject, placeholder } from "./command-text.ts";

/** What a node runs, on one line of any length: the command of a shell job, a short account of anything else. */
export function summaryOf(node: PlanNode): string {
  switch (node.kind) {
    case "job":
      return jobSummary(node);
    case "gate":
      return gateSummary(node);
    case "deploy":
      return deploySummary(node);
  }
}

function jobSummary(node: PlanNode): string {
  const spec = node.with;
  const command = node.uses === "shell" ? commandText(spec) : undefined;
  if (command !== undefined) return command;
  if (node.uses === "function" && isObject(spec)) {
    const name = spec["function"];
    return typeof name === "string" ? `${name}()` : "function";
  }
  return joined(node.uses, members(spec));
}

function gateSummary(node: PlanNode): string {
  const check = node.uses.replace(/^gate:/, "");
  const spec = isObject(node.with) ? node.with["check"] : undefined;
  if (check === "predicate" && isObject(spec) && typeof spec["function"] === "string")
    return `${spec["function"]}()`;
  return joined(check, members(spec ?? null));
}

function deploySummary(node: PlanNode): string {
  const place = node.uses.replace(/^deploy:/, "");
  const spec = isObject(node.with) ? node.with : {};
  const name = isObject(spec["target"]) ? spec["target"]["name"] : undefined;
  const target = typeof name === "string" && name !== "" ? `${place} ${name}` : place;
  return joined(target, strategyText(spec["strategy"]));
}

function strategyText(strategy: Json | undefined): string {
  if (!isObject(strategy)) return "";
  const kind = typeof strategy["kind"] === "string" ? strategy["kind"] : "";
  const spec = strategy["spec"];
  const steps = isObject(spec) ? spec["steps"] : undefined;
  const numbers = Array.isArray(steps)
    ? (steps as readonly Json[]).filter((step) => typeof step === "number")
    : [];
  return numbers.length === 0 ? kind : `${kind} ${numbers.join("/")} %`;
}

function members(spec: Json): string {
  const dynamic = placeholder(spec);
  if (dynamic !== undefined) return dynamic;
  if (!isObject(spec)) return isEmpty(spec) ? "" : brief(spec);
  const shown = Object.entries(spec satisfies JsonObject).filter(([, value]) => !isEmpty(value));
  return shown.map(([key, value]) => `${key} ${brief(value)}`).join(", ");
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" · ");
}
