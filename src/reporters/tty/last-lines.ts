import type { NodeLog } from "../../model/index.ts";
import { MemoryTail } from "../logs/memory-tail.ts";
import { lastLine } from "../text/sanitize.ts";

/** Enough for one line of any terminal. Bytes. */
const KEPT = 1024;

/** The last line of each running node. What a node prints is only looked at when its line is drawn. */
export class LastLines {
  readonly #nodes = new Map<string, { readonly tail: MemoryTail; line: string | undefined }>();

  push(event: NodeLog): void {
    let node = this.#nodes.get(event.node);
    if (node === undefined) {
      node = { tail: new MemoryTail(KEPT), line: undefined };
      this.#nodes.set(event.node, node);
    }
    node.tail.push(event.chunk);
    node.line = undefined;
  }

  get(id: string): string {
    const node = this.#nodes.get(id);
    if (node === undefined) return "";
    node.line ??= lastLine(node.tail.bytes());
    return node.line;
  }

  forget(id: string): void {
    this.#nodes.delete(id);
  }
}
