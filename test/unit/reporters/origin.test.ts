import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { NodeSucceeded, ResultOrigin, RunEvent, RunResult } from "../../../src/model/index.ts";
import type { Reporter } from "../../../src/ports/index.ts";
import { github } from "../../../src/reporters/github.ts";
import { gitlab } from "../../../src/reporters/gitlab.ts";
import { junit } from "../../../src/reporters/junit.ts";
import { plain } from "../../../src/reporters/plain.ts";
import { tty } from "../../../src/reporters/tty.ts";
import { planOf } from "../../fixtures/events.ts";
import { Collected, scratch } from "./support.ts";

const plan = planOf("p", [["a", [], ["cached", "carried", "made"]]]);
const origins: Readonly<Record<string, ResultOrigin | undefined>> = {
  "a/cached": { kind: "cache", run: "r1", key: "k", where: "remote", took: 62_300 },
  "a/carried": { kind: "run", run: "r0" },
  "a/made": undefined,
};

function ends(): readonly NodeSucceeded[] {
  return Object.entries(origins).map(([node, from]) => ({
    type: "node.succeeded",
    at: 10,
    node,
    attempt: 1,
    duration: 300,
    flaky: false,
    ...(from === undefined ? {} : { from }),
  }));
}

const result: RunResult = {
  run: "r2",
  pipeline: "p",
  state: "passed",
  reason: "all",
  startedAt: 0,
  duration: 20,
  nodes: new Map(
    ends().map(({ node, from }) => [
      node,
      {
        state: "succeeded",
        output: undefined,
        artifacts: [],
        attempts: 1,
        duration: 300,
        flaky: false,
        ...(from === undefined ? {} : { from }),
      },
    ]),
  ),
};

async function told(reporter: Reporter, out: Collected): Promise<string> {
  await using folder = await scratch();
  reporter.start?.({ run: "r2", plan, root: folder.path });
  const checked: RunEvent = {
    type: "cache.checked",
    at: 5,
    node: "a/cached",
    hit: true,
    key: "k",
    reason: "r",
  };
  const log: RunEvent = {
    type: "node.log",
    at: 6,
    node: "a/cached",
    stream: "stdout",
    chunk: Buffer.from("x\n"),
  };
  for (const event of [checked, log, ...ends()]) await reporter.event(event);
  await reporter.finish?.(result);
  return out.text();
}

const SAVED = "1 result from the cache, which saved 1m 02s; 1 result taken over from an earlier run";

describe("a result that was not made in this run is shown as such", () => {
  it("by plain lines", async () => {
    const out = new Collected();
    const text = await told(plain({ out, color: false, env: {} }), out);
    expect(text).toContain("a/cached cached, left by run r1 in 1m 02s, from the remote cache\n");
    expect(text).toContain("a/carried taken over from run r0\n");
    expect(text).toContain("a/made passed in 300ms\n");
    expect(text).toContain(`3 nodes: 3 passed\n${SAVED}\n`);
    // Its end says that it was found.
    expect(text).not.toContain("cache hit");
  });

  it("by the live view", async () => {
    const out = new Collected();
    out.isTTY = true;
    out.columns = 100;
    const text = await told(tty({ out, color: false, env: { TERM: "xterm" }, columns: 100 }), out);
    expect(text).toMatch(/cached +cached, took 1m 02s in run r1/);
    expect(text).toMatch(/carried +taken over from run r0/);
    expect(text).toContain(SAVED);
  });

  it("by the logs and the page of GitHub", async () => {
    await using folder = await scratch();
    const file = path.join(folder.path, "summary.md");
    const out = new Collected();
    const text = await told(github({ out, color: false, env: { GITHUB_STEP_SUMMARY: file } }), out);
    expect(text).toContain("log of a/cached (cached, 1m 02s in run r1)");
    const page = await readFile(file, "utf8");
    expect(page).toContain("cached, left by run r1 in 1m 02s, from the remote cache");
    expect(page).toContain("taken over from run r0");
    expect(page).toContain(SAVED);
  });

  it("by the sections of GitLab", async () => {
    const out = new Collected();
    const text = await told(gitlab({ out, color: false, env: {} }), out);
    expect(text).toContain("log of a/cached (cached, 1m 02s in run r1)");
    expect(text).toContain(SAVED);
  });

  it("by properties of JUnit", async () => {
    await using folder = await scratch();
    const file = path.join(folder.path, "junit.xml");
    await told(junit({ file }), new Collected());
    const xml = await readFile(file, "utf8");
    expect(xml).toContain('<property name="from" value="cache"/>');
    expect(xml).toContain('<property name="from.run" value="r1"/>');
    expect(xml).toContain('<property name="from.time" value="62.300"/>');
    expect(xml.match(/name="from"/g)).toHaveLength(2);
  });
});
