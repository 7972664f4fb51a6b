import { SluiceError } from "../errors/index.ts";
import type { Release } from "../model/index.ts";
import type { Clock, CountSource, RolloutDriver, RolloutState, SideState } from "../ports/index.ts";
import { type DriverAction, FaultScript, type ScriptedFault } from "./scripted-faults.ts";
import { type ScriptedTraffic, TrafficCounter } from "./scripted-traffic.ts";

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
}

/** A call as it came, whether or not it changed anything. */
export interface DriverCall {
  readonly call: DriverAction;
  readonly args: readonly unknown[];
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether anything is different since. False for a call that asked for what already held, or that went wrong before. */
  readonly changed: boolean;
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

interface Side {
  readonly revision: number;
  readonly digest: string;
  readonly startedAt: number;
  replicas: number;
  ready: number;
}

/**
 * Makes an in-memory {@link RolloutDriver} for tests of strategies, metrics and pipelines: it keeps two releases, a
 * weight and request counts, obeys like a real target (every call is idempotent), remembers what it was asked, and
 * fails where the script says so.
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
  return new InMemoryDriver(options);
}

class InMemoryDriver implements ScriptedDriver {
  readonly calls: DriverCall[] = [];
  readonly weights: number[] = [];
  readonly killed: Promise<void>;
  readonly counts?: CountSource;
  readonly #clock: Clock;
  readonly #target: string;
  readonly #desired: number;
  readonly #digest: string;
  readonly #faults: FaultScript;
  readonly #traffic: TrafficCounter;
  readonly #stableSize: number;
  #kill: () => void = () => undefined;
  #stable: Side | undefined;
  #candidate: Side | undefined;
  #weight = 0;
  #revisions = 0;

  constructor(options: ScriptedDriverOptions) {
    const { clock, target = "scripted", desired = 4, digest = "sha256:candidate", traffic = {} } = options;
    this.#clock = clock;
    this.#target = target;
    this.#desired = desired;
    this.#digest = digest;
    this.#stableSize = options.stable ?? desired;
    this.#faults = new FaultScript(options.faults ?? []);
    this.#traffic = new TrafficCounter(traffic ?? {}, clock.now());
    this.killed = new Promise((resolve) => {
      this.#kill = resolve;
    });
    if (this.#stableSize > 0) this.#stable = this.#create("sha256:stable", this.#stableSize);
    if (traffic !== null) this.counts = { snapshot: () => this.#look("snapshot", () => this.#snapshot()) };
  }

  get state(): RolloutState {
    const stable = this.#show(this.#stable);
    const current = stable?.digest === this.#digest && stable.ready === this.#desired;
    return {
      target: this.#target,
      desired: this.#desired,
      stable,
      candidate: this.#show(this.#candidate),
      weight: this.#weight,
      url: `http://${this.#target}.test`,
      current,
    };
  }

  observe(): Promise<RolloutState> {
    return this.#look("observe", () => this.state);
  }

  start(replicas: number): Promise<void> {
    return this.#act("start", [replicas], () => {
      this.#candidate ??= this.#create(this.#digest, 0);
      return this.#resize(this.#candidate, replicas);
    });
  }

  scale(side: "stable" | "candidate", replicas: number): Promise<void> {
    return this.#act("scale", [side, replicas], () => {
      const found = side === "stable" ? this.#stable : this.#candidate;
      if (found === undefined) throw this.#absent(side);
      return this.#resize(found, replicas);
    });
  }

  route(weight: number): Promise<void> {
    return this.#act("route", [weight], () => {
      if (this.#candidate === undefined) throw this.#absent("candidate");
      return this.#weigh(weight);
    });
  }

  async promote(options?: { readonly keepOld?: number }): Promise<Release> {
    await this.#act("promote", options === undefined ? [] : [options], () => {
      if (this.#candidate === undefined) {
        if (this.state.current) return false;
        throw this.#absent("candidate");
      }
      this.#resize(this.#candidate, this.#desired);
      this.#weigh(100);
      this.#stable = this.#candidate;
      this.#candidate = undefined;
      this.#weight = 0;
      return true;
    });
    const { revision = 0, digest = this.#digest } = this.#stable ?? {};
    return { target: this.#target, name: "app", url: this.state.url, revision, digest };
  }

  abort(reason: string): Promise<void> {
    return this.#act("abort", [reason], () => {
      if (this.#candidate === undefined) return false;
      if (this.#stable !== undefined) this.#resize(this.#stable, this.#stableSize);
      this.#weigh(0);
      this.#candidate = undefined;
      return true;
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Runs one call with its fault, if it has one. `effect` says whether it changed anything. */
  async #act(call: DriverAction, args: readonly unknown[], effect: () => boolean): Promise<void> {
    const fault = this.#faults.next(call);
    const record = (changed: boolean): void => {
      this.calls.push({ call, args, at: this.#clock.now(), changed });
    };
    this.#passTime();
    if (fault !== undefined && fault.does !== "unhealthy" && fault.when !== "after") {
      record(false);
      return this.#strike(fault);
    }
    record(effect());
    if (fault !== undefined) await this.#strike(fault);
  }

  async #look<T>(call: "observe" | "snapshot", see: () => T): Promise<T> {
    const fault = this.#faults.next(call);
    if (fault !== undefined) await this.#strike(fault);
    this.#passTime();
    return see();
  }

  #strike({ call, does, error }: ScriptedFault): Promise<void> {
    if (does === "kill") {
      this.#kill();
      return new Promise(() => undefined);
    }
    if (does === "throw") return Promise.reject(error ?? new Error(`the scripted ${call} failed`));
    if (this.#candidate !== undefined) this.#candidate.ready = 0;
    const message = `the candidate on ${this.#target} did not become healthy`;
    return Promise.reject(error ?? new SluiceError("RELEASE_UNHEALTHY", message));
  }

  #create(digest: string, replicas: number): Side {
    this.#revisions += 1;
    return { revision: this.#revisions, digest, startedAt: this.#clock.now(), replicas, ready: replicas };
  }

  #resize(side: Side, replicas: number): boolean {
    const changed = side.replicas !== replicas || side.ready !== replicas;
    side.replicas = replicas;
    side.ready = replicas;
    return changed;
  }

  #weigh(weight: number): boolean {
    if (this.#weight === weight) return false;
    this.#weight = weight;
    this.weights.push(weight);
    return true;
  }

  #passTime(): void {
    this.#traffic.advance(this.#clock.now(), this.#weight, this.#stable, this.#candidate);
  }

  #snapshot() {
    return this.#traffic.snapshot(this.#stable, this.#candidate);
  }

  #show(side: Side | undefined): SideState | undefined {
    if (side === undefined) return undefined;
    const { revision, digest, replicas, ready } = side;
    return { revision, digest, replicas, ready, url: `http://r${revision}.${this.#target}.test` };
  }

  #absent(side: string): SluiceError {
    return new SluiceError("TARGET_STATE", `${this.#target} has no ${side}`);
  }
}
