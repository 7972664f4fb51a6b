import type { ClusterProviderRig, ClusterProviderTrial, ClusterSuiteClock } from "./cluster-provider-rig.ts";
import { CLOUD_TRIALS } from "./cluster-cloud-trials.ts";
import { CREDENTIAL_TRIALS } from "./cluster-credential-trials.ts";
import { ROLLOUT_TRIALS } from "./cluster-rollout-trials.ts";
import { SHOWN_TRIALS } from "./cluster-shown-trials.ts";
import { registerSkipped, skipNow, type SuiteTest } from "./cluster-suite-skips.ts";
import { openStage, type SuiteTrial } from "./cluster-suite-stage.ts";

export interface ClusterProviderSuiteOptions {
  /** Makes the provider and the world around it anew. Called for each test, sometimes twice. */
  readonly open: (clock: ClusterSuiteClock) => ClusterProviderRig | Promise<ClusterProviderRig>;
  /** Registers one test: the `test` of Vitest, Jest, `node:test` or another runner. Its `skip`, if any, those left out. */
  readonly test: SuiteTest;
  /** What this provider cannot be tried with, and why. All else is tried, or skipped where the rig has nothing for it. */
  readonly without?: Readonly<Partial<Record<ClusterProviderTrial, string>>>;
}

/**
 * Tests that a {@link ClusterProvider} keeps what its port promises: making one asks nothing of a network; its spec is
 * JSON, stable and without secrets; credentials are kept, shared by concurrent calls, renewed before they end and once by
 * `fresh`; a cloud that denies, throttles, is silent or does not know the cluster is answered for by an error with a code,
 * a hint and no secret, and a cancelled call ends. The rig brings the provider and a double of its cloud.
 *
 * Where the rig names a real cluster (`rollout`), whole releases are made there, rolling and by canary, and in the middle of
 * each something goes wrong: credentials end or are refused, the API server throttles, drops or outdates all watches, is
 * away for seconds or for longer than anybody waits, or has another time than we have. Each must end released, once, with
 * no lease held and no candidate left. They take about ten seconds each; `outage` takes more than a minute.
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
  for (const trial of [...SHOWN_TRIALS, ...CREDENTIAL_TRIALS, ...CLOUD_TRIALS, ...ROLLOUT_TRIALS]) {
    const reason = trial.needs?.map((need) => without[need]).find((why) => why !== undefined);
    if (reason !== undefined) registerSkipped(test, `${trial.name} (${reason})`);
    // Without a named parameter: Jest would wait for a callback to be called.
    else test(trial.name, (...given: readonly unknown[]) => run(trial, open, given[0]));
  }
}

async function run(
  trial: SuiteTrial,
  open: ClusterProviderSuiteOptions["open"],
  context: unknown,
): Promise<void> {
  const stage = await openStage(open);
  try {
    const lacking = stage.lacking(trial.needs);
    if (lacking === undefined) await trial.run(stage);
    else skipNow(context, lacking);
  } finally {
    await stage.close();
  }
}
