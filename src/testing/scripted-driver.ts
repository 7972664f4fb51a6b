import type { Clock, RolloutDriver, RolloutState } from "../ports/index.ts";
import { ScriptedConnection } from "./scripted-connection.ts";
import { type DriverMoment, FaultScript, type ScriptedFault } from "./scripted-faults.ts";
import { type DriverCall, ScriptedPlace } from "./scripted-place.ts";
import type { ScriptedTraffic } from "./scripted-traffic.ts";

export interface ScriptedDriverOptions {
  /** The time that requests are counted by. */
  readonly clock: Clock;
  /** @defaultValue `"scripted"` */
  readonly target?: string;
  /** How many replicas the new release shall have. @defaultValue `4` */
  readonly desired?: number;
  /** Replicas of the release that is live at the beginning; 0 is none, a first release. @defaultValue `desired` */
  readonly stable?: number;
  /** What shall be deployed. The live release's digest is `sha256:stable`. @defaultValue `"sha256:candidate"` */
  readonly digest?: string;
  /** What requests come in and how they fare; `null` is a target that counts none. @defaultValue 20 per second, all well */
  readonly traffic?: ScriptedTraffic | null;
  readonly faults?: readonly ScriptedFault[];
  /** Told of every moment of every call. A promise holds the call there. */
  readonly at?: (moment: DriverMoment) => void | Promise<void>;
}

/** A driver without a target behind it. See {@link scriptedDriver}. */
export interface ScriptedDriver extends RolloutDriver {
  /** Every call but those that only look, in order. */
  readonly calls: readonly DriverCall[];
  /** Weights in the order in which they took effect. */
  readonly weights: readonly number[];
  /** What is true now, without a call and without faults. */
  readonly state: RolloutState;
  /** Resolves when a `kill` fault has struck; the strategy that was killed never goes on. */
  readonly killed: Promise<void>;
}

/**
 * Makes an in-memory {@link RolloutDriver} for tests of strategies, metrics and pipelines: it keeps two releases, a
 * weight and request counts, obeys like a real target (every call is idempotent), remembers what it was asked, and
 * fails where the script says so. For a whole pipeline there is {@link scriptedTarget}.
 *
 * @example
 * ```ts
 * import { canary, errorRate } from "sluice/deploy";
 * import { rolloutContext, scriptedDriver, virtualClock } from "sluice/testing";
 *
 * const clock = virtualClock();
 * const driver = scriptedDriver({
 *   clock,
 *   traffic: { rate: 50, errors: ({ side }) => (side === "candidate" ? 0.2 : 0.001) },
 * });
 * const strategy = canary({ steps: [5, 50], every: "10m", analysis: [errorRate()] });
 * const result = await clock.run(strategy.release(driver, strategy.spec as never, rolloutContext({ clock })));
 * console.log(result.outcome, driver.weights, driver.state.candidate); // "rolled-back", [5, 0], undefined
 * ```
 */
export function scriptedDriver(options: ScriptedDriverOptions): ScriptedDriver {
  const { clock, target: name = "scripted", desired = 4, traffic = {}, faults = [], at } = options;
  const { stable = desired, digest = "sha256:candidate" } = options;
  const place = new ScriptedPlace({ clock, name, traffic: traffic ?? {}, stable });
  return new LoneDriver(place, { digest, desired, counts: traffic !== null, faults, at });
}

interface LoneOptions extends Required<Pick<ScriptedDriverOptions, "digest" | "desired" | "faults">> {
  readonly counts: boolean;
  readonly at: ScriptedDriverOptions["at"] | undefined;
}

class LoneDriver extends ScriptedConnection implements ScriptedDriver {
  readonly calls: readonly DriverCall[];
  readonly weights: readonly number[];
  readonly killed: Promise<void>;

  constructor(place: ScriptedPlace, { faults, ...options }: LoneOptions) {
    let kill: () => void = () => undefined;
    const killed = new Promise<void>((resolve) => {
      kill = resolve;
    });
    super(place, {
      ...options,
      run: "test",
      faults: new FaultScript(faults),
      onKill: kill,
      onClose: () => undefined,
    });
    this.calls = place.calls;
    this.weights = place.weights;
    this.killed = killed;
  }
}
