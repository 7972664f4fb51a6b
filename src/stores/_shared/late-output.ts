import type { Json, RunEvent } from "../../model/index.ts";

type Succeeded = Extract<RunEvent, { type: "node.succeeded" }>;

/** Bytes from which it pays to leave an output for later. */
const LATE_FROM = 512;
const TYPE = '{"type":"node.succeeded"';
const OUTPUT = ',"output":';

/** The event with its output as the last member, so that it can be left for later when it is read. */
export function outputLast(event: Succeeded): Succeeded {
  const { output, ...before } = event;
  return output === undefined ? event : { ...before, output };
}

/**
 * A `node.succeeded` whose output is parsed when somebody asks for it: going on with a large run needs the outputs of a
 * few nodes only. `undefined` where the text between `from` and `to`, which is JSON, is not one of those that
 * {@link outputLast} has ordered.
 */
export function withLateOutput(bytes: Buffer, from: number, to: number): RunEvent | undefined {
  if (to - from < LATE_FROM || bytes.toString("latin1", from, from + TYPE.length) !== TYPE) return undefined;
  const offset = bytes.subarray(from, to).indexOf(OUTPUT);
  if (offset === -1) return undefined;
  const at = from + offset;
  let event: Omit<Succeeded, "output"> & { output?: Json };
  try {
    // A member of that name within another one leaves a brace open here.
    event = JSON.parse(`${bytes.toString("utf8", from, at)}}`) as Omit<Succeeded, "output">;
  } catch {
    return undefined;
  }
  const define = (how: PropertyDescriptor): void => {
    Object.defineProperty(event, "output", { enumerable: true, configurable: true, ...how });
  };
  define({
    get: () => {
      const value = JSON.parse(bytes.toString("utf8", at + OUTPUT.length, to - 1)) as Json;
      define({ value, writable: true });
      return value;
    },
  });
  return event;
}
