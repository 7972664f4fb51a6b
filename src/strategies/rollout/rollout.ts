import { isSluiceError, messageOf, SluiceError } from "../../errors/index.ts";
import type { Release } from "../../model/index.ts";
import type { RolloutDriver, RolloutState, StrategyContext, StrategyResult } from "../../ports/index.ts";

export interface RolloutSetup {
  /** The strategy's kind, for events. */
  readonly kind: string;
  readonly driver: RolloutDriver;
  readonly context: StrategyContext;
  /** As observed just now. */
  readonly state: RolloutState;
}

/** One release under way: drives the target, keeps what was last observed of it, and tells what happens. */
export class Rollout {
  readonly #setup: RolloutSetup;
  #state: RolloutState;
  #touched: boolean;
  #announced = false;

  constructor(setup: RolloutSetup) {
    this.#setup = setup;
    this.#state = setup.state;
    this.#touched = setup.state.candidate !== undefined;
  }

  get state(): RolloutState {
    return this.#state;
  }

  /** The weight that was asked for last: which step the target is in. */
  get asked(): number {
    return this.#state.asked ?? this.#state.weight;
  }

  get context(): StrategyContext {
    return this.#setup.context;
  }

  get driver(): RolloutDriver {
    return this.#setup.driver;
  }

  /** Whether there may be a candidate to take back; no longer where it became stable, or may have. */
  get touched(): boolean {
    return this.#touched;
  }

  /**
   * Brings the candidate to at least `replicas`, ready. Whether some of them are new, or may be: nothing is known of
   * the age of those that an interrupted run has left.
   */
  async bring(replicas: number): Promise<boolean> {
    this.context.signal.throwIfAborted();
    const { candidate, weight } = this.#state;
    const wanted = Math.max(replicas, candidate?.replicas ?? 0);
    const grows = !this.#announced || candidate === undefined || candidate.replicas < wanted;
    this.#touched = true;
    if (candidate === undefined || weight === 0) await this.driver.start(wanted);
    else await this.driver.scale("candidate", wanted);
    await this.#look();
    return grows;
  }

  /** Has a fresh baseline of `replicas` beside stable; 0 is none. Whether some of them are new. */
  async baseline(replicas: number): Promise<boolean> {
    this.context.signal.throwIfAborted();
    const before = this.#state.baseline ?? 0;
    if (before === 0 && replicas === 0) return false;
    await this.driver.baseline?.(replicas);
    await this.#look();
    return (this.#state.baseline ?? 0) > before;
  }

  /** Makes stable smaller; never larger. */
  async shrinkStable(replicas: number): Promise<void> {
    this.context.signal.throwIfAborted();
    const { stable } = this.#state;
    if (stable === undefined) return;
    await this.driver.scale("stable", Math.min(stable.replicas, replicas));
    await this.#look();
  }

  /** Has the target roll the whole release out by itself. */
  async roll(): Promise<StrategyResult> {
    this.context.signal.throwIfAborted();
    this.#touched = true;
    await this.driver.roll?.();
    await this.#look();
    return this.promote();
  }

  /** Sends `weight` per cent of the traffic to the candidate; `step` of `steps`, counted from 1. */
  async route(weight: number, step: number, steps: number): Promise<void> {
    this.context.signal.throwIfAborted();
    await this.driver.route(weight);
    await this.#look();
    this.context.emit({ type: "rollout.weight", target: this.#state.target, weight, step, steps });
    await this.context.step.recorded();
  }

  async promote(options?: { readonly keepOld: number }): Promise<StrategyResult> {
    this.context.signal.throwIfAborted();
    const release = await this.#promote(options);
    this.context.emit({ type: "rollout.promoted", target: this.#state.target, release });
    return { outcome: "released", release };
  }

  /** Takes back a candidate that was found bad: also a run that dies meanwhile does not start it again. */
  refuse(reason: string): Promise<StrategyResult> {
    return this.abort(reason, { refused: true });
  }

  /** Takes the candidate back. An abort that fails rejects, and says for what reason the candidate was to go. */
  async abort(reason: string, mark: { readonly refused?: true } = {}): Promise<StrategyResult> {
    this.context.emit({ type: "rollout.aborting", target: this.#state.target, reason, ...mark });
    await this.context.step.recorded();
    return this.finishAbort(reason);
  }

  /** Does what has been announced. Changes nothing where it was done before. */
  async finishAbort(reason: string): Promise<StrategyResult> {
    const { target, stable } = this.#state;
    try {
      await this.driver.abort(reason);
    } catch (error) {
      if (isSluiceError(error) && error.code === "ROLLOUT_HELD") return await this.#holdNow(error.message);
      throw new AbortFailure(target, reason, error);
    }
    const restored = stable === undefined ? {} : { restored: stable.revision };
    this.context.emit({ type: "rollout.aborted", target, reason, ...restored });
    return { outcome: "rolled-back", reason, ...restored };
  }

  /** Takes the target as it is now, after an abort that was left to be ended. */
  async lookAgain(): Promise<void> {
    this.#state = await this.driver.observe();
    this.#touched = this.#state.candidate !== undefined;
  }

  /** Leaves the candidate as it stands, for a person to decide. A baseline has served its time. */
  async hold(reason: string): Promise<StrategyResult> {
    await this.baseline(0);
    return this.#held(reason);
  }

  #held(reason: string): StrategyResult {
    const { target, weight } = this.#state;
    this.context.emit({ type: "rollout.held", target, weight, reason });
    return { outcome: "held", reason };
  }

  async #holdNow(reason: string): Promise<StrategyResult> {
    // What is told of it is how it stands after all that was done, and a cancelled run tells it too.
    await this.lookAgain();
    return this.#held(reason);
  }

  async #promote(options: { readonly keepOld: number } | undefined): Promise<Release> {
    const { candidate } = this.#state;
    try {
      return await this.driver.promote(options);
    } catch (error) {
      // It may have taken effect before it failed; taking it for a failure would report a rollback that is none.
      if (!(await this.#isStable(candidate?.revision, error))) throw error;
      this.#touched = false;
      return this.driver.promote(options);
    }
  }

  /** Whether the candidate of that revision has become the stable release; how well it does is another matter. */
  async #isStable(revision: number | undefined, promotionError: unknown): Promise<boolean> {
    try {
      const { stable, candidate } = await this.driver.observe();
      return candidate === undefined && revision !== undefined && stable?.revision === revision;
    } catch (error) {
      this.#touched = false;
      const { target } = this.#state;
      throw new SluiceError(
        "TARGET_STATE",
        `the promotion on ${target} failed, and it is unknown whether it took effect`,
        {
          hint: "Look at the target's status, then run again: what has taken effect is not done twice.",
          cause: new AggregateError([promotionError, error], "neither promoting nor observing worked"),
        },
      );
    }
  }

  async #look(): Promise<void> {
    this.#state = await this.driver.observe();
    const { target, candidate, stable } = this.#state;
    if (candidate === undefined) {
      throw new SluiceError(
        "TARGET_STATE",
        `the candidate on ${target} is gone: something else changed the target`,
        {
          hint: "Find out what else deploys there, then run again.",
        },
      );
    }
    if (this.#announced) return;
    this.#announced = true;
    const from = stable === undefined ? {} : { from: stable.revision };
    const { kind: strategy } = this.#setup;
    this.context.emit({ type: "rollout.started", target, strategy, revision: candidate.revision, ...from });
    await this.context.step.recorded();
  }
}

/** The worst end: the candidate should have gone and may still be there. */
export class AbortFailure extends SluiceError {
  constructor(target: string, reason: string, cause: unknown) {
    const why = messageOf(cause);
    super(
      "ABORT_FAILED",
      `the candidate on ${target} could NOT be taken back and may still get traffic: ${why}. It was to go because ${reason}`,
      { hint: "Look at the target's status now, and take the candidate back by hand.", cause },
    );
  }
}
