import type { Reporter } from "../ports/index.ts";
import { JSON_EVENT_VERSION, type JsonEvent } from "./json/json-event.ts";
import { NodeDecoders } from "./json/node-decoders.ts";
import { Sink } from "./lines/sink.ts";
import { endsAttempt } from "./view/node-end.ts";

export { JSON_EVENT_VERSION, type JsonEvent, type JsonLog } from "./json/json-event.ts";

/** Options of {@link json}. */
export interface JsonOptions {
  /** Where to write. @defaultValue `process.stdout`, looked up when the reporter is made */
  readonly out?: NodeJS.WritableStream;
}

/**
 * Each event as one line of JSON, for programs to read: a {@link JsonEvent}. Members are added in later versions and
 * never change their meaning while `v` stays the same.
 *
 * @example
 * ```ts
 * import { createWriteStream } from "node:fs";
 * import { json } from "sluice/reporters";
 *
 * const reporter = json({ out: createWriteStream("events.jsonl") });
 * ```
 */
export function json(options: JsonOptions = {}): Reporter {
  const sink = new Sink(options.out ?? process.stdout);
  const decoders = new NodeDecoders();

  function write(event: Unversioned<JsonEvent>): Promise<void> | undefined {
    return sink.write(`${JSON.stringify({ v: JSON_EVENT_VERSION, ...event })}\n`);
  }

  return {
    event(event) {
      if (event.type === "node.log") {
        const log = decoders.push(event);
        return log === undefined ? undefined : write(log);
      }
      if (endsAttempt(event)) for (const log of decoders.flush(event.node, event.at)) void write(log);
      return write(event);
    },
    async finish() {
      await sink.end();
    },
  };
}

type Unversioned<E> = E extends unknown ? Omit<E, "v"> : never;
