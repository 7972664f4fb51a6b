import { SluiceError } from "../../errors/index.ts";
import type { StrategyResult } from "../../ports/index.ts";
import { needsCounts } from "../analysis/create-signals.ts";
import type { Baseline } from "../analysis/options.ts";
import type { Metric } from "../metrics/types.ts";
import type { Rollout } from "./rollout.ts";

/** What a strategy asks of a target. */
export interface Needs {
  readonly kind: string;
  readonly metrics: readonly Metric[];
  /** Whether the target must be able to bring up a baseline. @defaultValue "stable" */
  readonly baseline?: Baseline;
  /** Releases what rolls out by itself, in one go. @defaultValue the strategy has to have a candidate beside stable */
  readonly whole?: (rollout: Rollout) => Promise<StrategyResult>;
}

/** Throws where the target cannot do what the strategy needs; nothing has been changed by then. */
export function refuseIncapable({ kind, metrics, baseline, whole }: Needs, { driver, state }: Rollout): void {
  const { target } = state;
  const blind = driver.counts === undefined ? metrics.find(needsCounts) : undefined;
  if (blind !== undefined) {
    throw new SluiceError(
      "METRICS_UNAVAILABLE",
      `${target} counts no requests, which "${blind.name}" is made of`,
      {
        hint: "Give a target on a cluster `counts: prometheus({ ... }).counts({ ... })`, ask a monitoring system by `metric({ query })`, or deploy by `rolling()` without analysis.",
      },
    );
  }
  if (driver.roll !== undefined && whole === undefined) {
    throw new SluiceError(
      "DEFINITION_INVALID",
      `${kind} needs a release that can stand beside the one before it, and what is deployed to ${target} replaces it`,
      { hint: "Deploy manifests, kustomize and helm by rolling(), or make a service() of it." },
    );
  }
  if (baseline === "fresh" && driver.baseline === undefined) {
    throw new SluiceError(
      "DEFINITION_INVALID",
      `${kind} with a fresh baseline needs a target that can bring one up, and ${target} cannot`,
      {
        hint: 'Leave out `baseline: "fresh"`: the candidate is then compared with all of stable\'s traffic.',
      },
    );
  }
}
