import { describe, expect, it } from "vitest";
import { arrowHead, roundedPath } from "../../../../src/graph/svg/paths.ts";

const at = (...points: readonly (readonly [number, number])[]): string =>
  roundedPath(points.map(([x, y]) => ({ x, y })));

describe("roundedPath", () => {
  it("rounds corners, less where a piece is short", () => {
    expect(at([0, 0], [50, 0], [50, 50], [100, 50])).toBe("M0,0L43,0Q50,0 50,7L50,43Q50,50 57,50L100,50");
    expect(at([0, 0], [50, 0], [50, 4], [100, 4])).toBe("M0,0L48,0Q50,0 50,2L50,2Q50,4 52,4L100,4");
  });

  it("leaves out points that change nothing", () => {
    expect(at([0, 0], [50, 0], [50, 0], [100, 0])).toBe("M0,0L100,0");
    expect(at()).toBe("");
  });
});

describe("arrowHead", () => {
  it("points right, at its tip", () => {
    expect(arrowHead({ x: 100, y: 50 }, 10)).toBe("M90,44.5L100,50L90,55.5Z");
  });
});
