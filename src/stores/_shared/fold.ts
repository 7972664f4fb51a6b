import type { Artifact, Json, RunEvent } from "../../model/index.ts";

type Succeeded = Extract<RunEvent, { type: "node.succeeded" }>;

/** What nodes have left, by the events of their run: of those that succeeded and were not started again since. */
export function foldResults(events: readonly RunEvent[]): {
  readonly outputs: ReadonlyMap<string, Json | undefined>;
  readonly artifacts: ReadonlyMap<string, readonly Artifact[]>;
} {
  const succeeded = new Map<string, Succeeded>();
  const artifacts = new Map<string, readonly Artifact[]>();
  for (const event of events) {
    if (event.type === "node.succeeded") {
      succeeded.set(event.node, event);
      artifacts.set(event.node, event.artifacts ?? []);
    } else if (event.type === "node.started") {
      succeeded.delete(event.node);
      artifacts.delete(event.node);
    }
  }
  return { outputs: new Outputs(succeeded), artifacts };
}

/** The outputs of events, each read from its event when it is asked for. */
class Outputs implements ReadonlyMap<string, Json | undefined> {
  readonly #events: ReadonlyMap<string, Succeeded>;

  constructor(events: ReadonlyMap<string, Succeeded>) {
    this.#events = events;
  }

  get size(): number {
    return this.#events.size;
  }

  has(node: string): boolean {
    return this.#events.has(node);
  }

  get(node: string): Json | undefined {
    return this.#events.get(node)?.output;
  }

  keys(): MapIterator<string> {
    return this.#events.keys();
  }

  *values(): MapIterator<Json | undefined> {
    for (const { output } of this.#events.values()) yield output;
  }

  *entries(): MapIterator<[string, Json | undefined]> {
    for (const [node, { output }] of this.#events) yield [node, output];
  }

  [Symbol.iterator](): MapIterator<[string, Json | undefined]> {
    return this.entries();
  }

  forEach(
    each: (output: Json | undefined, node: string, map: ReadonlyMap<string, Json | undefined>) => void,
  ): void {
    for (const [node, output] of this) each(output, node, this);
  }
}
