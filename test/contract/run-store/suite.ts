import { describe } from "vitest";
import { describeArtifacts } from "./artifacts.ts";
import type { StoreMachines } from "./fixture.ts";
import { describeLocks } from "./locks.ts";
import { describeLogs } from "./logs.ts";
import { describeRuns } from "./runs.ts";
import { describeValues } from "./values.ts";

/**
 * What every `RunStore` does. `machines` makes an empty place for runs and gives a function that opens it, each time as
 * one more machine would.
 */
export function describeRunStore(name: string, machines: StoreMachines): void {
  describe(`runs in ${name}`, () => {
    describeRuns(machines);
    describeLocks(machines);
    describeLogs(machines);
    describeArtifacts(machines);
    describeValues(machines);
  });
}
