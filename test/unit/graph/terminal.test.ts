import { beforeAll, describe, expect, it } from "vitest";
import { exactDuration, paint, safe, wrapped } from "../../../src/graph/terminal.ts";
import { knowWidths } from "../../fixtures/know-widths.ts";

beforeAll(knowWidths);

describe("wrapped", () => {
  it("breaks at blanks, and within a word only where it is too wide", () => {
    expect(wrapped("one two three four", 9)).toEqual(["one two", "three", "four"]);
    expect(wrapped("a abcdefghijklmnop b", 8)).toEqual(["a", "abcdefgh", "ijklmnop", "b"]);
    expect(wrapped("one\ntwo", 20)).toEqual(["one", "two"]);
    expect(wrapped("", 20)).toEqual([""]);
  });

  it("counts cells, not characters", () => {
    expect(wrapped("漢字漢字漢字", 8)).toEqual(["漢字漢字", "漢字"]);
  });
});

describe("safe", () => {
  it("replaces what a terminal would obey", () => {
    expect(safe("a\u001b[31mb\u0007\u202ec\u009bd")).toBe("a\ufffd[31mb\ufffd\ufffdc\ufffdd");
    expect(safe("a\tb\r\nc\rd")).toBe("a  b\nc\nd");
  });
});

describe("paint", () => {
  it("paints only where there are colours", () => {
    expect(paint({ color: false, columns: 80 }, "red", "x")).toBe("x");
    expect(paint({ color: true, columns: 80 }, "red", "x")).toBe("\u001b[31mx\u001b[39m");
    expect(paint({ color: true, columns: 80 }, "red", "")).toBe("");
  });
});

describe("exactDuration", () => {
  it.each([
    [0, "0s"],
    [1, "1ms"],
    [1_500, "1s500ms"],
    [60_000, "1m"],
    [5_400_000, "1h30m"],
    [90_061_000, "1d1h1m1s"],
  ])("writes %i ms as %s", (ms, text) => {
    expect(exactDuration(ms)).toBe(text);
  });
});
