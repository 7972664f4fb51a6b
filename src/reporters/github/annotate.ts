import path from "node:path";
import type { SourceLocation } from "../../errors/index.ts";
import type { NodeFailed, RunEvent } from "../../model/index.ts";
import type { CiRun } from "../ci/ci-host.ts";
import { oneLine, plainText } from "../text/sanitize.ts";
import type { Annotation } from "./commands.ts";

/** What an event is worth showing beside the workflow run; `undefined` for most. */
export function annotate(event: RunEvent, run: CiRun, workspace: string | undefined): Annotation | undefined {
  switch (event.type) {
    case "node.failed":
      return failed(event, run, workspace);
    case "warning":
      return {
        level: "warning",
        title: event.node ?? run.context.plan.pipeline,
        message: oneLine(event.message),
      };
    case "rollout.held":
      return {
        level: "warning",
        title: `${event.node}: ${event.target} is held at ${String(event.weight)}%`,
        message: oneLine(event.reason),
      };
    case "node.succeeded":
      if (!event.flaky) return undefined;
      return {
        level: "notice",
        title: `${event.node} is flaky`,
        message: `It passed on attempt ${String(event.attempt)}.`,
      };
    case "node.suspended":
      return { level: "notice", title: `${event.node} is suspended`, message: oneLine(event.reason) };
    default:
      return undefined;
  }
}

function failed(event: NodeFailed, run: CiRun, workspace: string | undefined): Annotation {
  const { message, hint, code, source } = event.failure;
  const at = source ?? run.view.nodes.get(event.node)?.plan.source ?? undefined;
  const text = hint === undefined ? message : `${message}\n${hint}`;
  return {
    level: "error",
    title: `${event.node} failed (${code})`,
    message: plainText(text),
    file: at && repositoryPath(at, run.context.root, workspace),
    line: at?.line,
    column: at?.column,
  };
}

/** The file as the host names it, relative to the repository; `undefined` where it lies outside. */
function repositoryPath(at: SourceLocation, root: string, workspace: string | undefined): string | undefined {
  const file = path.relative(workspace ?? root, path.resolve(root, at.file));
  if (file.startsWith("..") || path.isAbsolute(file)) return undefined;
  return file.split(path.sep).join("/");
}
