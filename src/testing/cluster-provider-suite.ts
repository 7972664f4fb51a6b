import type { ClusterProviderRig, ClusterProviderTrial, ClusterSuiteClock } from "./cluster-provider-rig.ts";
import { CLOUD_TRIALS } from "./cluster-cloud-trials.ts";
import { CREDENTIAL_TRIALS } from "./cluster-credential-trials.ts";
import { SHOWN_TRIALS } from "./cluster-shown-trials.ts";
import { openStage, type SuiteTrial } from "./cluster-suite-stage.ts";

export interface ClusterProviderSuiteOptions {
  /** Makes the provider and the world around it anew. Called for each test, sometimes twice. */
  readonly open: (clock: ClusterSuiteClock) => ClusterProviderRig | Promise<ClusterProviderRig>;
  /** Registers one test: the `test` of Vitest, Jest, `node:test` or another runner. */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /** What this provider cannot be tried with, and why. All else is tried. */
  readonly without?: Readonly<Partial<Record<ClusterProviderTrial, string>>>;
}

/**
 * Tests that a {@link ClusterProvider} keeps what its port promises: making one asks nothing of a network; its spec is
 * JSON, stable and without secrets; credentials are kept, shared by concurrent calls, renewed before they end and once by
 * `fresh`; a cloud that denies, throttles, is silent or does not know the cluster is answered for by an error with a code,
 * a hint and no secret, and a cancelled call ends. The rig brings the provider and a double of its cloud.
 *
 * Time is played: the clock that `open` gets is the `now` that the provider gets. The test runner is the user's own.
 *
 * @example
 * ```ts
 * import { test } from "node:test";
 * import { clusterProviderSuite, type ClusterProviderRig } from "sluice/testing";
 *
 * declare function openRig(now: () => number): ClusterProviderRig; // yours: the provider and a double of its cloud
 *
 * clusterProviderSuite({
 *   open: (clock) => openRig(() => clock.now()),
 *   test,
 *   without: { entry: "there is no API server behind the double" },
 * });
 * ```
 */
export function clusterProviderSuite({ open, test, without = {} }: ClusterProviderSuiteOptions): void {
  for (const trial of [...SHOWN_TRIALS, ...CREDENTIAL_TRIALS, ...CLOUD_TRIALS]) {
    if (trial.needs !== undefined && without[trial.needs] !== undefined) continue;
    test(trial.name, () => run(trial, open));
  }
}

async function run(trial: SuiteTrial, open: ClusterProviderSuiteOptions["open"]): Promise<void> {
  const stage = await openStage(open);
  try {
    await trial.run(stage);
  } finally {
    await stage.close();
  }
}
