import fc from "fast-check";
import { expect, test } from "vitest";
import type { FittedLine } from "../../../../src/reporters/tty/line.ts";
import { Screen } from "../../../../src/reporters/tty/screen.ts";
import { Terminal } from "./terminal.ts";

function lines(...texts: readonly string[]): readonly FittedLine[] {
  return texts.map((text) => ({ text, width: text.length }));
}

test("the first frame is written below what is there", () => {
  const terminal = new Terminal(20, 10);
  terminal.write("$ sluice\r\n");
  const screen = new Screen();
  terminal.write(screen.draw(lines("one", "two"), terminal.size));
  expect(terminal.lines).toEqual(["$ sluice", "one", "two"]);
  expect(terminal.cursor).toEqual({ row: 3, column: 0 });
});

test("a frame that is the same costs nothing, one that differs only what differs", () => {
  const terminal = new Terminal(20, 10);
  const screen = new Screen();
  screen.draw(lines("one", "two", "three"), terminal.size);
  expect(screen.draw(lines("one", "two", "three"), terminal.size)).toBe("");
  const patch = screen.draw(lines("one", "2", "three"), terminal.size);
  expect(patch).toContain("2");
  expect(patch).not.toContain("one");
  expect(patch).not.toContain("three");
});

test("whatever frames follow each other, the terminal shows the last one", () => {
  const line = fc.constantFrom("", "a", "bb", "a longer line", "row", "another");
  const frame = fc.array(line, { maxLength: 9 });
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 12 }), fc.nat(12), (frames, before) => {
      const terminal = new Terminal(20, 10);
      const earlier = Array.from({ length: before }, (_, index) => `earlier ${String(index)}`);
      for (const text of earlier) terminal.write(`${text}\r\n`);
      const screen = new Screen();
      for (const texts of frames) {
        terminal.write(screen.draw(lines(...texts), terminal.size));
        expect(terminal.cursor.column).toBe(0);
      }
      const last = [...earlier, ...(frames.at(-1) ?? [])];
      while (last.at(-1) === "") last.pop();
      expect(terminal.lines).toEqual(last);
      terminal.write(screen.clear(terminal.size));
      expect(terminal.lines).toEqual(earlier);
    }),
    { numRuns: 300 },
  );
});

test("lines that a narrower window has broken are taken away", () => {
  const terminal = new Terminal(60, 20);
  const screen = new Screen();
  terminal.write("before\r\n");
  terminal.write(screen.draw(lines("x".repeat(59), "short", "y".repeat(59)), terminal.size));
  terminal.resize(25, 20);
  expect(terminal.lines).toHaveLength(8);
  terminal.write(screen.draw(lines("x".repeat(24), "short", "y".repeat(24)), terminal.size));
  expect(terminal.lines).toEqual(["before", "x".repeat(24), "short", "y".repeat(24)]);
  terminal.resize(70, 20);
  terminal.write(screen.draw(lines("wide again"), terminal.size));
  expect(terminal.lines).toEqual(["before", "wide again"]);
});

test("a window that became lower holds the whole frame again", () => {
  const terminal = new Terminal(20, 12);
  const screen = new Screen();
  terminal.write(screen.draw(lines("1", "2", "3", "4", "5", "6", "7", "8"), terminal.size));
  terminal.resize(20, 5);
  terminal.write(screen.draw(lines("a", "b", "c"), terminal.size));
  terminal.write(screen.draw(lines("a", "B", "c"), terminal.size));
  expect(terminal.screen.slice(-3)).toEqual(["a", "B", "c"]);
});
