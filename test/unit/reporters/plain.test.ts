import { expect, test } from "vitest";
import { plain } from "../../../src/reporters/plain.ts";
import { failedRun, passedRun, planOf, suspendedRun } from "../../fixtures/events.ts";
import { Collected, golden, Stalled, tell, visible } from "./support.ts";

const plan = planOf("p", [["verify", [], ["unit", "lint"]]]);
const context = { run: "r1", plan, root: "/work/app" };

function log(node: string, text: string) {
  return { type: "node.log", at: 0, node, stream: "stdout", chunk: Buffer.from(text) } as const;
}

test.each([
  ["failed", failedRun()],
  ["passed", passedRun()],
  ["suspended", suspendedRun()],
])("a run that ended %s", async (name, run) => {
  const out = new Collected();
  await tell(plain({ out, color: false, env: {} }), run, { files: false });
  await expect(visible(out.text())).toMatchFileSnapshot(golden(`plain-${name}.txt`));
});

test("colours mark prefixes and ends", async () => {
  const out = new Collected();
  await tell(plain({ out, env: { FORCE_COLOR: "1" } }), passedRun(), { files: false });
  await expect(visible(out.text())).toMatchFileSnapshot(golden("plain-colour.txt"));
});

test("bytes of jobs are passed on unchanged", async () => {
  const out = new Collected();
  const reporter = plain({ out, color: false });
  reporter.start?.(context);
  const bytes = Buffer.from([0xff, 0x00, 0xc3, 0x0a]);
  await reporter.event({ type: "node.log", at: 0, node: "verify/unit", stream: "stdout", chunk: bytes });
  expect(out.bytes()).toEqual(Buffer.concat([Buffer.from("verify/unit | "), bytes]));
});

test("a full stream holds back the job that prints, until it has room", async () => {
  const out = new Stalled();
  const reporter = plain({ out, color: false });
  reporter.start?.(context);
  const waiting = reporter.event(log("verify/unit", "a line\n"));
  expect(waiting).toBeInstanceOf(Promise);
  expect(reporter.event(log("verify/lint", "no line end"))).toBeUndefined();
  await out.take();
  await waiting;
});

test("when nobody reads any more, the run goes on in silence", async () => {
  const out = new Collected();
  const run = failedRun();
  const reporter = plain({ out, color: false });
  reporter.start?.({ ...context, plan: run.plan });
  out.destroy(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
  for (const event of run.events) await reporter.event(event);
  await reporter.finish?.(run.result);
  expect(out.text()).toBe("");
});

test("an unended line comes before the end of its node", async () => {
  const out = new Collected();
  const reporter = plain({ out, color: false });
  reporter.start?.(context);
  await reporter.event(log("verify/unit", "unended"));
  await reporter.event({
    type: "node.cancelled",
    at: 5,
    node: "verify/unit",
    duration: 5,
    reason: "timeout",
  });
  expect(out.text()).toBe("verify/unit | unended\n[   0.000s] verify/unit cancelled after 5ms: timeout\n");
});

test("it listens to nothing after its end", async () => {
  const out = new Collected();
  const before = out.eventNames();
  await tell(plain({ out }), passedRun(), { files: false });
  expect(out.eventNames()).toEqual(before);
});
