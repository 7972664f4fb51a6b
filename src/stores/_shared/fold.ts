import type { Artifact, Json, RunEvent } from "../../model/index.ts";

/** What nodes have left, by the events of their run: of those that succeeded and were not started again since. */
export function foldResults(events: readonly RunEvent[]): {
  readonly outputs: ReadonlyMap<string, Json | undefined>;
  readonly artifacts: ReadonlyMap<string, readonly Artifact[]>;
} {
  const outputs = new Map<string, Json | undefined>();
  const artifacts = new Map<string, readonly Artifact[]>();
  for (const event of events) {
    if (event.type === "node.succeeded") {
      outputs.set(event.node, event.output);
      artifacts.set(event.node, event.artifacts ?? []);
    } else if (event.type === "node.started") {
      outputs.delete(event.node);
      artifacts.delete(event.node);
    }
  }
  return { outputs, artifacts };
}
