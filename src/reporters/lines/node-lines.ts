import type { NodeLog } from "../../model/index.ts";
import { LinePrefixer } from "./prefixer.ts";

/** Whole, prefixed lines of many nodes at once: what one has not ended is held, stdout apart from stderr. */
export class NodeLines {
  readonly #prefix: (node: string) => string;
  readonly #nodes = new Map<string, Record<NodeLog["stream"], LinePrefixer>>();

  constructor(prefix: (node: string) => string) {
    this.#prefix = prefix;
  }

  /** The lines that the chunk completes, as a binary string. */
  push(event: NodeLog): string {
    let streams = this.#nodes.get(event.node);
    if (streams === undefined) {
      const prefix = this.#prefix(event.node);
      streams = { stdout: new LinePrefixer(prefix), stderr: new LinePrefixer(prefix) };
      this.#nodes.set(event.node, streams);
    }
    return streams[event.stream].push(event.chunk);
  }

  /** What the node has left unended, as a binary string; forgets the node. */
  flush(node: string): string {
    const streams = this.#nodes.get(node);
    this.#nodes.delete(node);
    return streams === undefined ? "" : streams.stdout.flush() + streams.stderr.flush();
  }

  /** {@link NodeLines.flush} of every node. */
  flushAll(): string {
    return [...this.#nodes.keys()].map((node) => this.flush(node)).join("");
  }
}
