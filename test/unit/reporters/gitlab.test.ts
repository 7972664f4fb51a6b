import { writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { disarmSections, Sections } from "../../../src/reporters/gitlab/sections.ts";
import { gitlab } from "../../../src/reporters/gitlab.ts";
import { failedRun, passedRun, suspendedRun } from "../../fixtures/events.ts";
import { Collected, golden, scratch, tell, visible } from "./support.ts";

/** What the host takes for the start or end of a section. */
const MARKER = /section_(start|end):(\d+):([a-zA-Z0-9_.-]+)(\[[^\]]*\])?\r\u001b\[0K/g;

test.each([
  ["failed", failedRun()],
  ["passed", passedRun()],
  ["suspended", suspendedRun()],
])("a run that ended %s", async (name, run) => {
  const out = new Collected();
  await tell(gitlab({ out, color: false, env: {} }), run);
  await expect(visible(out.text())).toMatchFileSnapshot(golden(`gitlab-${name}.txt`));
});

test("sections are nested, ended in order, and named once", async () => {
  const out = new Collected();
  await tell(gitlab({ out, env: {} }), failedRun());
  const open: { readonly name: string; readonly at: number }[] = [];
  const seen = new Set<string>();
  let depth = 0;
  for (const [, kind, at, name = ""] of out.text().matchAll(MARKER)) {
    if (kind === "start") {
      expect(seen.has(name)).toBe(false);
      seen.add(name);
      open.push({ name, at: Number(at) });
      depth = Math.max(depth, open.length);
    } else {
      const last = open.pop();
      expect(last?.name).toBe(name);
      expect(Number(at)).toBeGreaterThanOrEqual(last?.at ?? Infinity);
    }
  }
  expect(open).toEqual([]);
  expect(depth).toBe(2);
  expect([...seen]).toContain("log_smoke_http");
});

test("logs of jobs that passed start collapsed, those of others do not", async () => {
  const out = new Collected();
  await tell(gitlab({ out, env: {} }), failedRun());
  const collapsed = [...out.text().matchAll(MARKER)].filter(
    ([, , , , options]) => options === "[collapsed=true]",
  );
  const names = collapsed.map(([, , , name]) => name);
  expect(names).toContain("log_verify_unit");
  expect(names).not.toContain("log_smoke_http");
  expect(names.every((name) => name?.startsWith("log_"))).toBe(true);
});

test("what a job prints is no marker", () => {
  expect(disarmSections("a section_start:1:x\r\u001b[0Kb section_end:")).toBe(
    "a section-start:1:x\r\u001b[0Kb section-end:",
  );
});

test("a marker that lies across two reads of the log is none either", async () => {
  await using folder = await scratch();
  // a read takes 64 KiB
  const line = `${"x".repeat(64 * 1024 - 8)}section_end:1:stage_verify\r\u001b[0K\n`;
  await writeFile(path.join(folder.path, "verify~links.log"), line);
  const out = new Collected();
  const { plan, result } = passedRun();
  const reporter = gitlab({ out, env: {} });
  reporter.start?.({ run: "r", plan, root: "/", logs: folder.path });
  await reporter.event({
    type: "node.log",
    at: 1,
    node: "verify/links",
    stream: "stdout",
    chunk: Buffer.from(line),
  });
  await reporter.event({ type: "node.cancelled", at: 2, node: "verify/links", duration: 1, reason: "" });
  await reporter.finish?.(result);
  const names = [...out.text().matchAll(MARKER)].map(([, kind, , name]) => `${kind ?? ""} ${name ?? ""}`);
  expect(names).toEqual([
    "start stage_verify",
    "start log_verify_links",
    "end log_verify_links",
    "end stage_verify",
  ]);
});

test("any wish for a name gives one that the host takes and that is new", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "a.2", "a b", "a_b", "検", "a.2.2", "")), (wishes) => {
      const sections = new Sections();
      const names = wishes.map((wish) => sections.name(`log_${wish}`));
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_.-]+$/);
    }),
  );
});
