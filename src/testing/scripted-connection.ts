import { SluiceError } from "../errors/index.ts";
import type { Release } from "../model/index.ts";
import type { CountSource, RolloutDriver, RolloutState } from "../ports/index.ts";
import type { DriverAction, DriverMoment, FaultScript, ScriptedFault } from "./scripted-faults.ts";
import type { DriverCall, ScriptedPlace } from "./scripted-place.ts";

/** One driver of a place. */
export interface ConnectionOptions {
  /** What shall be deployed, in how many replicas, and by which run. */
  readonly digest: string;
  readonly desired: number;
  readonly run: string;
  readonly counts: boolean;
  readonly faults: FaultScript;
  readonly at: ((moment: DriverMoment) => void | Promise<void>) | undefined;
  readonly onKill: () => void;
  readonly onClose: () => void;
}

/** A piece of a call's effect. Says whether it changed anything. */
type Part = () => boolean;

/** Drives a {@link ScriptedPlace}, piece by piece, so that it can stop between any two. */
export class ScriptedConnection implements RolloutDriver {
  readonly counts?: CountSource;
  readonly #place: ScriptedPlace;
  readonly #options: ConnectionOptions;
  #dead = false;

  constructor(place: ScriptedPlace, options: ConnectionOptions) {
    this.#place = place;
    this.#options = options;
    if (options.counts)
      this.counts = { snapshot: () => this.#look("snapshot", () => this.#place.snapshot()) };
  }

  get state(): RolloutState {
    const place = this.#place;
    const { digest, desired } = this.#options;
    const stable = place.show(place.stable);
    return {
      target: place.name,
      desired,
      stable,
      candidate: place.show(place.candidate),
      weight: place.weight,
      ...(place.baseline === undefined ? {} : { baseline: place.baseline.replicas }),
      url: place.url,
      current: stable?.digest === digest && stable.ready === desired,
    };
  }

  /** As if the process that drives it had died: nothing that it is asked is answered any more. */
  die(): void {
    this.#dead = true;
  }

  observe(): Promise<RolloutState> {
    return this.#look("observe", () => this.state);
  }

  start(replicas: number): Promise<void> {
    const place = this.#place;
    const { digest, desired, run } = this.#options;
    return this.#act("start", [replicas], () => {
      const candidate = place.prepare(digest, desired, run);
      const before = candidate.ready;
      return [
        () => place.resize(candidate, replicas, Math.min(before, replicas)),
        () => place.resize(candidate, replicas),
      ];
    });
  }

  scale(side: "stable" | "candidate", replicas: number): Promise<void> {
    return this.#act("scale", [side, replicas], () => {
      const found = this.#place[side];
      if (found === undefined) throw this.#place.absent(side);
      return [() => this.#place.resize(found, replicas)];
    });
  }

  route(weight: number): Promise<void> {
    return this.#act("route", [weight], () => {
      if (this.#place.candidate === undefined) throw this.#place.absent("candidate");
      return [() => this.#place.weigh(weight)];
    });
  }

  baseline(replicas: number): Promise<void> {
    const place = this.#place;
    return this.#act("baseline", [replicas], () => {
      if (place.stable === undefined) throw place.absent("stable release");
      return [() => place.compare(replicas)];
    });
  }

  async promote(options?: { readonly keepOld?: number }): Promise<Release> {
    const place = this.#place;
    await this.#act("promote", options === undefined ? [] : [options], () => {
      const { candidate } = place;
      if (candidate === undefined) {
        if (this.state.current) return [];
        throw place.absent("candidate");
      }
      return [
        () => place.resize(candidate, this.#options.desired),
        () => {
          place.weigh(100);
          place.swap();
          return true;
        },
      ];
    });
    const { revision = 0, digest = this.#options.digest } = place.stable ?? {};
    return { target: place.name, name: "app", url: place.url, revision, digest };
  }

  abort(reason: string): Promise<void> {
    const place = this.#place;
    return this.#act("abort", [reason], () => {
      const { candidate, stable } = place;
      if (candidate === undefined) return [];
      return [
        () => stable !== undefined && place.resize(stable, stable.full),
        () => place.weigh(0),
        () => {
          place.drop();
          return true;
        },
      ];
    });
  }

  close(): Promise<void> {
    if (!this.#dead) this.#options.onClose();
    return Promise.resolve();
  }

  /** Does one call with its fault, if it has one. */
  async #act(call: DriverAction, args: readonly unknown[], plan: () => readonly Part[]): Promise<void> {
    const { faults } = this.#options;
    const fault = faults.next(call);
    const early =
      fault !== undefined && fault.does !== "unhealthy" && fault.when !== "after" ? fault : undefined;
    this.#place.passTime();
    if (early !== undefined && early.when !== "half-way") {
      this.#note(call, args)();
      return this.#strike(early);
    }
    const held = this.#moment(call, args, 0);
    if (held !== undefined) await held;
    const parts = plan();
    const changed = this.#note(call, args);
    for (const [index, part] of parts.entries()) {
      if (part()) changed(true);
      if (early !== undefined && index + 1 >= parts.length / 2) return this.#strike(early);
      const held = this.#moment(call, args, index + 1);
      if (held !== undefined) await held;
    }
    if (fault !== undefined) await this.#strike(fault);
  }

  async #look<T>(call: "observe" | "snapshot", see: () => T): Promise<T> {
    const fault = this.#options.faults.next(call);
    if (fault !== undefined) await this.#strike(fault);
    const held = this.#moment(call, [], 0);
    if (held !== undefined) await held;
    this.#place.passTime();
    return see();
  }

  /** Undefined where nothing holds the call. */
  #moment(call: DriverMoment["call"], args: readonly unknown[], done: number): Promise<void> | undefined {
    if (this.#dead) return never();
    const held = this.#options.at?.({ target: this.#place.name, call, args, done });
    // It may have died in that very moment.
    return held instanceof Promise ? held.then(() => this.#alive()) : this.#alive();
  }

  #alive(): Promise<never> | undefined {
    return this.#dead ? never() : undefined;
  }

  /** Puts the call on the list. Gives what sets whether it has changed anything. */
  #note(call: DriverAction, args: readonly unknown[]): (changed?: boolean) => void {
    const revision = this.#place.candidate?.revision;
    const entry: { -readonly [K in keyof DriverCall]: DriverCall[K] } = {
      call,
      args,
      at: this.#place.clock.now(),
      changed: false,
      ...(revision === undefined ? {} : { revision }),
    };
    this.#place.calls.push(entry);
    return (changed = false) => {
      entry.changed ||= changed;
    };
  }

  #strike({ call, does, error }: ScriptedFault): Promise<void> {
    if (does === "kill") {
      this.#options.onKill();
      return never();
    }
    if (does === "throw") return Promise.reject(error ?? new Error(`the scripted ${call} failed`));
    const { candidate, name } = this.#place;
    if (candidate !== undefined) candidate.ready = 0;
    const message = `the candidate on ${name} did not become healthy`;
    return Promise.reject(error ?? new SluiceError("RELEASE_UNHEALTHY", message));
  }
}

/** A new one each time: one for all would keep everybody who ever waited for it. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}
