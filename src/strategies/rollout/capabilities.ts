import { SluiceError } from "../../errors/index.ts";
import type { StrategyNeeds } from "../../model/index.ts";
import { unmetNeeds } from "../../model/unmet-needs.ts";
import type { Rollout } from "./rollout.ts";

/** Throws where the target cannot do what the strategy needs; nothing has been changed by then. */
export function refuseIncapable(
  strategy: { readonly kind: string; readonly needs: StrategyNeeds },
  { driver, state }: Rollout,
): void {
  const [unmet] = unmetNeeds(strategy, state.target, {
    counts: driver.counts !== undefined,
    baseline: driver.baseline !== undefined,
    whole: driver.roll !== undefined,
  });
  if (unmet !== undefined) throw new SluiceError(unmet.code, unmet.message, { hint: unmet.hint });
}
