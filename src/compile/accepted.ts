import type { DraftNode } from "../builder/draft.ts";
import type { Issues } from "./issues.ts";
import { SILENT, specToJson } from "./spec.ts";

/** That a deploy could work, as far as its target can tell from the definition alone. */
export function checkAccepted(pipeline: string, node: DraftNode, issues: Issues): void {
  if (node.action.kind !== "deploy") return;
  const { target, app, strategy } = node.action;
  if (target.accepts === undefined) return;
  const { kind, needs } = strategy;
  const problems = target.accepts({
    pipeline,
    app: { kind: app.kind, spec: specToJson(app.spec, SILENT) },
    strategy: { kind, ...(needs === undefined ? {} : { needs }) },
  });
  for (const { message, hint } of problems) issues.node(node, "not-accepted", message, hint);
}
