import assert from "node:assert/strict";
import type { ClusterProviderTrial } from "./cluster-provider-rig.ts";

type Register = (name: string, run: (...given: readonly unknown[]) => Promise<void>) => unknown;

/** Registers a test with a runner, which may give the test a context of its own when it runs it. */
export type SuiteTest = Register & { readonly skip?: Register };

/** Shows a trial that is left out; a runner that cannot does not hear of it. */
export function registerSkipped(test: SuiteTest, name: string): void {
  test.skip?.(name, () => Promise.resolve());
}

/** Has the runner report the running test as skipped, by the context that it gave. Where it cannot, the test fails. */
export function skipNow(context: unknown, lacking: ClusterProviderTrial): void {
  const reason = `the rig has nothing to try "${lacking}" with`;
  const runner = context as { skip?: (reason: string) => void } | undefined;
  if (typeof runner?.skip !== "function")
    assert.fail(`${reason}: add it, or say by "without" why it cannot be tried`);
  runner.skip(reason);
}
