import fc from "fast-check";
import { expect, test } from "vitest";
import type { NodeLog } from "../../../src/model/index.ts";
import { json, type JsonEvent } from "../../../src/reporters/json.ts";
import { failedRun, passedRun, suspendedRun } from "../../fixtures/events.ts";
import { MEMBERS, PARTS, problemsOf } from "./json/members.ts";
import { documentedMembers } from "./json/reference.ts";
import { Collected, golden, Stalled, tell } from "./support.ts";

async function linesOf(...runs: readonly ReturnType<typeof failedRun>[]): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const run of runs) {
    const out = new Collected();
    await tell(json({ out }), run, { files: false });
    expect(out.text().endsWith("\n")).toBe(true);
    lines.push(...out.text().trimEnd().split("\n"));
  }
  return lines;
}

test("a run as JSON lines", async () => {
  const lines = await linesOf(failedRun());
  await expect(lines.join("\n")).toMatchFileSnapshot(golden("json-failed.jsonl"));
});

test("every line has the members that are documented, and no others", async () => {
  const lines = await linesOf(failedRun(), passedRun(), suspendedRun());
  expect(lines.flatMap(problemsOf)).toEqual([]);
});

test("every variant is written by one of the runs", async () => {
  const lines = await linesOf(failedRun(), passedRun(), suspendedRun());
  const types = new Set(lines.map((line) => (JSON.parse(line) as JsonEvent).type));
  expect([...types].sort()).toEqual(Object.keys(MEMBERS).sort());
});

test("the checker sees what is wrong", () => {
  expect(problemsOf('{"v":1,"type":"node.ready","at":1}')).toEqual(["node.ready lacks node"]);
  expect(problemsOf('{"v":2,"type":"node.ready","at":1,"node":"a/b","extra":1}')).toEqual([
    "v is 2",
    "node.ready has an undocumented extra",
  ]);
  expect(problemsOf('{"v":1,"type":"node.gone","at":1}')).toEqual(["unknown type node.gone"]);
});

test("the reference page has every variant with its members", async () => {
  const documented = await documentedMembers();
  for (const [type, { v, type: _type, at, ...own }] of Object.entries(MEMBERS)) {
    expect([v, _type, at]).toEqual(["required", "required", "required"]);
    expect(documented.get(type), type).toEqual(own);
  }
  for (const [part, members] of Object.entries(PARTS)) expect(documented.get(part), part).toEqual(members);
  expect([...documented.keys()].sort()).toEqual([...Object.keys(MEMBERS), ...Object.keys(PARTS)].sort());
});

test("however output is cut into chunks, its text is the same", async () => {
  const samples = [
    Buffer.from("æ検🧪\n"),
    Buffer.from([0xff, 0xc3]),
    Buffer.from("plain "),
    Buffer.from([0xe6, 0xa4]),
  ];
  const bytes = fc.array(fc.constantFrom(...samples), { maxLength: 6 }).map((parts) => Buffer.concat(parts));
  await fc.assert(
    fc.asyncProperty(bytes, fc.array(fc.nat(30)), async (whole, cuts) => {
      const at = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
      const out = new Collected();
      const reporter = json({ out });
      for (const [index, to] of at.slice(1).entries())
        await reporter.event(log(whole.subarray(at[index], to)));
      await reporter.event({ type: "node.cancelled", at: 1, node: "a/b", duration: 1, reason: "" });
      const events = out
        .text()
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as JsonEvent);
      expect(events.at(-1)?.type).toBe("node.cancelled");
      const texts = events.flatMap((event) => (event.type === "node.log" ? [event.text] : []));
      expect(texts.join("")).toBe(whole.toString("utf8"));
      expect(texts).not.toContain("");
    }),
  );
});

test("a full stream holds back the job that prints", async () => {
  const out = new Stalled();
  const reporter = json({ out });
  const waiting = reporter.event(log(Buffer.from("text")));
  expect(waiting).toBeInstanceOf(Promise);
  await out.take();
  await waiting;
});

function log(chunk: Buffer): NodeLog {
  return { type: "node.log", at: 0, node: "a/b", stream: "stdout", chunk };
}
