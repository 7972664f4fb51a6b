import fc from "fast-check";
import stringWidth from "string-width";
import { beforeAll, expect, test } from "vitest";
import { createPaint } from "../../../../src/reporters/text/paint.ts";
import { finalFrame, type FrameContext, liveFrame } from "../../../../src/reporters/tty/frame.ts";
import { Measure } from "../../../../src/reporters/tty/measure.ts";
import { symbolsFor } from "../../../../src/reporters/tty/symbols.ts";
import { RunView } from "../../../../src/reporters/view/run-view.ts";
import { failedRun, type RunFixture, wideRun } from "../../../fixtures/events.ts";

const measure = new Measure(true, "…");

beforeAll(async () => {
  await measure.load();
});

function contextAfter(
  run: RunFixture,
  events: number,
  size: { columns: number; room: number; color?: boolean },
): FrameContext {
  const view = new RunView(run.plan);
  for (const event of run.events.slice(0, events)) view.apply(event);
  return {
    view,
    columns: size.columns,
    room: size.room,
    now: run.events[Math.max(0, events - 1)]?.at ?? 0,
    lastLine: (node) => `出力 of ${node} ${"長い行".repeat(30)}`,
    symbols: symbolsFor(true),
    measure,
    paint: createPaint(size.color === true),
  };
}

test("at any moment and size the frame fits the terminal", () => {
  const runs = [failedRun(), wideRun(300)];
  fc.assert(
    fc.property(
      fc.nat(1),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 130 }),
      fc.integer({ min: 0, max: 60 }),
      fc.boolean(),
      (which, moment, columns, room, color) => {
        const run = runs[which] ?? failedRun();
        const events = Math.round(moment * run.events.length);
        const lines = liveFrame(contextAfter(run, events, { columns, room, color }));
        expect(lines.length).toBeLessThanOrEqual(room);
        for (const { text, width } of lines) {
          expect(stringWidth(text)).toBe(width);
          expect(width).toBeLessThanOrEqual(columns);
          expect(text).not.toContain("\n");
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("where there is room, every node has its row", () => {
  const run = failedRun();
  const lines = liveFrame(contextAfter(run, 40, { columns: 80, room: 60 })).map(({ text }) => text);
  for (const { name } of run.plan.nodes)
    expect(
      lines.some((line) => line.includes(` ${name}`)),
      name,
    ).toBe(true);
});

test("however little room there is, what failed and what runs come before the rest", () => {
  const run = failedRun();
  const aborted = run.events.findIndex((event) => event.type === "rollout.weight" && event.weight === 25);
  const text = liveFrame(contextAfter(run, aborted, { columns: 80, room: 9 }))
    .map((line) => line.text)
    .join("\n");
  expect(text).toMatch(/✗ http/);
  expect(text).toMatch(/● api +canary/);
  expect(text).toMatch(/and \d+ more/);
});

test("many failures do not hide what still runs", () => {
  const run = wideRun(3000);
  const lines = liveFrame(contextAfter(run, 11_000, { columns: 80, room: 12 })).map(({ text }) => text);
  expect(lines.filter((line) => line.includes("●")).length).toBeGreaterThanOrEqual(2);
  expect(lines.filter((line) => /✗ shard/.test(line)).length).toBeGreaterThanOrEqual(3);
});

test("a finished run of a thousand jobs is told in a few lines", () => {
  const run = wideRun(1000);
  const lines = finalFrame(contextAfter(run, run.events.length, { columns: 80, room: 24 })).map(
    ({ text }) => text,
  );
  expect(lines.filter((line) => /✗ shard-\d+/.test(line))).toHaveLength(10);
  expect(lines.length).toBeLessThan(15);
  expect(lines.at(-1)).toContain("990 passed");
});
