import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import {
  diamondPlan,
  fiftyPlan,
  fivePlan,
  fortyJobsPlan,
  hostilePlan,
  onePlan,
} from "../../fixtures/plans.ts";
import type { Plan } from "../../../src/model/index.ts";

const FOLDER = join(import.meta.dirname, "../../golden/graph");

/** Compares with a golden file; `UPDATE_GOLDEN=1` writes it instead. */
export function expectGolden(name: string, text: string): void {
  const file = join(FOLDER, name);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, "utf8"));
}

/** Plans whose renderings are kept as golden files. */
export const GOLDEN_PLANS: readonly (readonly [name: string, plan: Plan])[] = [
  ["one", onePlan()],
  ["five", fivePlan()],
  ["fifty", fiftyPlan()],
  ["forty-jobs", fortyJobsPlan()],
  ["diamond", diamondPlan()],
  ["hostile", hostilePlan()],
];
