import type { Figure } from "../../model/index.ts";
import { percent } from "./text.ts";

/** The figures that missed their limits, in words. The others stand beside the summary wherever it is shown. */
export function missed(figures: readonly Figure[]): readonly string[] {
  return figures.filter((figure) => !figure.ok).map(inWords);
}

/** `failures 2 tests (at most 0)`. */
function inWords(figure: Figure): string {
  const { name, value, unit, min, max, previous } = figure;
  const written = (number: number): string => (unit === "%" ? percent(number) : String(number));
  const bounds = [
    min === undefined ? "" : `at least ${written(min)}`,
    max === undefined ? "" : `at most ${written(max)}`,
    previous === undefined ? "" : `before ${written(previous)}`,
  ].filter((part) => part !== "");
  return `${name} ${written(value)}${unit === undefined || unit === "%" ? "" : ` ${unit}`} (${bounds.join(", ")})`;
}
