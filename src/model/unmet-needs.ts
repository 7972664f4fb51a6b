import type { ErrorCode } from "../errors/index.ts";
import type { StrategyNeeds } from "./needs.ts";

/** What a target offers to an app of what a strategy may need. */
export interface TargetOffer {
  readonly counts: boolean;
  readonly baseline: boolean;
  /** Whether the app replaces the release before it by itself, in its own batches. */
  readonly whole: boolean;
}

export interface UnmetNeed {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** What a strategy needs and a target does not offer: the same before a run and in it. */
export function unmetNeeds(
  { kind, needs = {} }: { readonly kind: string; readonly needs?: StrategyNeeds },
  target: string,
  offer: TargetOffer,
): readonly UnmetNeed[] {
  const { counts, beside = false, baseline = false, batches = [] } = needs;
  const code = "DEFINITION_INVALID";
  // Nothing else is worth saying of what cannot be released this way at all.
  if (offer.whole && beside) {
    const message = `${kind} needs a release that can stand beside the one before it, and what is deployed to ${target} replaces it`;
    return [
      {
        code,
        message,
        hint: "Deploy manifests, kustomize and helm by rolling(), or make a service() of it.",
      },
    ];
  }
  if (offer.whole && batches.length > 0) {
    const message = `${kind}({ ${batches.join(", ")} }) cannot be had for objects that roll out by themselves`;
    const hint = "Give a plain rolling(), and the batches in the manifests, or deploy a service().";
    return [{ code, message, hint }];
  }
  const unmet: UnmetNeed[] = [];
  if (counts !== undefined && !offer.counts) {
    unmet.push({
      code: "METRICS_UNAVAILABLE",
      message: `${target} counts no requests, which "${counts}" is made of`,
      hint: "Give a target on a cluster `counts: prometheus({ ... }).counts({ ... })`, ask a monitoring system by `metric({ query })`, or deploy by `rolling()` without analysis.",
    });
  }
  if (baseline && !offer.baseline) {
    unmet.push({
      code,
      message: `${kind} with a fresh baseline needs a target that can bring one up, and ${target} cannot`,
      hint: 'Leave out `baseline: "fresh"`: the candidate is then compared with all of stable\'s traffic.',
    });
  }
  return unmet;
}
