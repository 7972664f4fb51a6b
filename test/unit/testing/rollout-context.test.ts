import { expect, test } from "vitest";
import { rolloutContext, virtualClock } from "../../../src/testing/index.ts";

test("rolloutContext keeps what it is told", async () => {
  const context = rolloutContext({ clock: virtualClock() });
  context.emit({ type: "rollout.held", target: "t", weight: 5, reason: "no traffic" });
  context.step.emit({ type: "warning", message: "careful" });
  await context.step.write("stdout", "a");
  await context.step.write("stderr", new TextEncoder().encode("ü"));
  expect(context.events).toEqual([{ type: "rollout.held", target: "t", weight: 5, reason: "no traffic" }]);
  expect(context.warnings).toEqual(["careful"]);
  expect(context.output).toBe("aü");
  expect(context.signal.aborted).toBe(false);
});

test("the step outside a run has nothing to restore and nobody to ask", async () => {
  const { step } = rolloutContext({ clock: virtualClock(), signal: AbortSignal.abort() });
  expect(step.signal.aborted).toBe(true);
  expect(await step.ask({ title: "Go?" })).toBeUndefined();
  expect(await step.baseline.previous()).toBeUndefined();
  const artifact = { name: "site", digest: "sha256:0", path: "dist", size: 0, files: [] };
  await expect(step.restore(artifact, "out")).rejects.toMatchObject({ code: "ARTIFACT_MISSING" });
});
