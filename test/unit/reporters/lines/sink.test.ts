import { spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { Sink } from "../../../../src/reporters/lines/sink.ts";
import { Collected, Stalled } from "../support.ts";

test("while the stream has room, nothing is waited for", async () => {
  const out = new Collected();
  const sink = new Sink(out);
  expect(sink.write("one ")).toBeUndefined();
  expect(sink.write("\u00e6", "latin1")).toBeUndefined();
  expect(sink.write("")).toBeUndefined();
  await sink.end();
  expect(out.bytes()).toEqual(Buffer.from("one \u00e6", "latin1"));
});

test("a full stream is waited for, by all writers together", async () => {
  const out = new Stalled();
  const sink = new Sink(out);
  const first = sink.write("more than sixteen bytes");
  const second = sink.write("and more");
  expect(first).toBeInstanceOf(Promise);
  expect(second).toBe(first);
  let isWaiting = true;
  void first?.then(() => {
    isWaiting = false;
  });
  await new Promise(setImmediate);
  expect(isWaiting).toBe(true);
  await out.take();
  await first;
  expect(out.text()).toBe("more than sixteen bytesand more");
});

test("end waits for everything and lets go of the stream", async () => {
  const out = new Stalled();
  const before = out.listenerCount("error");
  const sink = new Sink(out);
  void sink.write("more than sixteen bytes");
  const ended = sink.end();
  const first = await Promise.race([
    ended.then(() => "ended"),
    new Promise(setImmediate).then(() => "waiting"),
  ]);
  expect(first).toBe("waiting");
  await out.take();
  await ended;
  expect(out.listenerCount("error")).toBe(before);
  expect(out.listenerCount("drain")).toBe(0);
});

test("a reader that goes away releases who waits, and silences the sink", async () => {
  const out = new PassThrough({ highWaterMark: 4 });
  const sink = new Sink(out);
  const waiting = sink.write("more than four");
  expect(waiting).toBeInstanceOf(Promise);
  out.destroy(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
  await waiting;
  expect(sink.closed).toBe(true);
  expect(sink.write("nobody")).toBeUndefined();
  await sink.end();
});

test("a pipe whose reader has ended never throws", async () => {
  const reader = spawn(process.execPath, ["-e", "process.stdin.once('data', () => process.exit())"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  const sink = new Sink(reader.stdin);
  await sink.write("x".repeat(1000));
  await once(reader, "exit");
  for (let index = 0; index < 1000 && !sink.closed; index++) {
    await sink.write("y".repeat(65536));
    await new Promise(setImmediate);
  }
  expect(sink.closed).toBe(true);
  await sink.end();
});
