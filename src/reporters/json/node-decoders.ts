import { StringDecoder } from "node:string_decoder";
import type { NodeLog } from "../../model/index.ts";
import type { JsonLog } from "./json-event.ts";

type Stream = NodeLog["stream"];
const STREAMS: readonly Stream[] = ["stdout", "stderr"];

/** Decodes what nodes print: a character that two chunks share comes out whole, with the second. */
export class NodeDecoders {
  readonly #nodes = new Map<string, Record<Stream, StringDecoder>>();

  /** `undefined` where the chunk completes no character. */
  push(event: NodeLog): JsonLog | undefined {
    let decoders = this.#nodes.get(event.node);
    if (decoders === undefined) {
      decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
      this.#nodes.set(event.node, decoders);
    }
    const { chunk } = event;
    const text = decoders[event.stream].write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    return log(event.at, event.node, event.stream, text);
  }

  /** What is left of characters that never ended; forgets the node. */
  flush(node: string, at: number): readonly JsonLog[] {
    const decoders = this.#nodes.get(node);
    this.#nodes.delete(node);
    if (decoders === undefined) return [];
    return STREAMS.flatMap((stream) => log(at, node, stream, decoders[stream].end()) ?? []);
  }
}

function log(at: number, node: string, stream: Stream, text: string): JsonLog | undefined {
  return text === "" ? undefined : { type: "node.log", at, node, stream, text };
}
