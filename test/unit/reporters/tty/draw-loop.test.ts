import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DrawLoop } from "../../../../src/reporters/tty/draw-loop.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test("a thousand changes cost one timer and one frame", () => {
  const draw = vi.fn(() => false);
  const loop = new DrawLoop(draw);
  const schedule = vi.spyOn(globalThis, "setTimeout");
  for (let change = 0; change < 1000; change++) loop.touch();
  vi.advanceTimersByTime(1000);
  expect(schedule).toHaveBeenCalledTimes(1);
  expect(draw).toHaveBeenCalledTimes(1);
});

test("changes one after another give ten frames a second", () => {
  const draw = vi.fn(() => false);
  const loop = new DrawLoop(draw);
  for (let ms = 0; ms < 2000; ms += 5) {
    loop.touch();
    vi.advanceTimersByTime(5);
  }
  expect(draw.mock.calls.length).toBeGreaterThanOrEqual(19);
  expect(draw.mock.calls.length).toBeLessThanOrEqual(21);
});

test("while time is shown there is a frame a second, and none while paused", () => {
  const draw = vi.fn(() => true);
  const loop = new DrawLoop(draw);
  loop.touch();
  vi.advanceTimersByTime(3500);
  expect(draw).toHaveBeenCalledTimes(4);
  loop.pause();
  loop.touch();
  vi.advanceTimersByTime(5000);
  expect(draw).toHaveBeenCalledTimes(4);
  loop.resume();
  vi.advanceTimersByTime(100);
  expect(draw).toHaveBeenCalledTimes(5);
});
