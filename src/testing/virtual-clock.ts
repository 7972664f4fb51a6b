import type { Clock } from "../ports/index.ts";

export interface VirtualClockOptions {
  /** Where it starts: milliseconds since 1970. @defaultValue the beginning of 2026 */
  readonly start?: number;
}

/** A clock that stands still until it is moved. See {@link virtualClock}. */
export interface VirtualClock extends Clock {
  /** Moves it forward by `ms`, waking every sleeper on its way in order, and lets each do what it does. */
  advance(ms: number): Promise<void>;
  /** Moves it on to the next sleeper, again and again, until nobody sleeps. @throws RangeError after `limit` ms (30 days) */
  runUntilIdle(limit?: number): Promise<void>;
  /** Moves it on for as long as `work` takes, and gives what `work` gives. */
  run<T>(work: Promise<T>): Promise<T>;
  /** How many are asleep. */
  readonly sleeping: number;
}

interface Sleeper {
  readonly due: number;
  wake(): void;
}

const START = Date.UTC(2026, 0, 1);
const LIMIT = 30 * 86_400_000;

/**
 * Makes a clock for tests: hours pass in no time, and always in the same order. Uses no timer.
 *
 * After every wake-up it waits until what was woken has nothing more to do without time passing. Work that waits for
 * the world outside (a socket, a child process) is not seen by that; give such work a real clock.
 *
 * @example
 * ```ts
 * import { rolling } from "sluice/deploy";
 * import { rolloutContext, scriptedDriver, virtualClock } from "sluice/testing";
 *
 * const clock = virtualClock();
 * const driver = scriptedDriver({ clock });
 * const strategy = rolling({ pause: "10m" });
 * const context = rolloutContext({ clock });
 * const result = await clock.run(strategy.release(driver, strategy.spec as never, context));
 * console.log(result.outcome, context.events.length);
 * ```
 */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  return new SteppedClock(options.start ?? START);
}

class SteppedClock implements VirtualClock {
  #now: number;
  /** By due time; those that are due together in the order in which they fell asleep. */
  #sleepers: Sleeper[] = [];
  /** Told when somebody falls asleep or a piece of work ends. */
  readonly #waiting = new Set<() => void>();

  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const stop = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      const wake = (): void => {
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      const sleeper = { due: this.#now + Math.max(0, ms), wake };
      signal?.addEventListener("abort", stop, { once: true });
      const after = this.#sleepers.findIndex((other) => other.due > sleeper.due);
      this.#sleepers.splice(after === -1 ? this.#sleepers.length : after, 0, sleeper);
      this.#tell();
    });
  }

  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settled();
    while (this.#wakeNext(until)) await settled();
    this.#now = until;
  }

  async runUntilIdle(limit = LIMIT): Promise<void> {
    const until = this.#now + limit;
    await settled();
    while (this.#wakeNext(until)) await settled();
    if (this.#sleepers.length > 0)
      throw new RangeError(`after ${limit} ms, ${this.#sleepers.length} still sleep`);
  }

  async run<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const end = (): void => {
      over = true;
      this.#tell();
    };
    work.then(end, end);
    for (;;) {
      await settled();
      // Set by `end` meanwhile, which the compiler cannot see.
      if (over as boolean) return work;
      if (this.#wakeNext(Infinity)) continue;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #tell(): void {
    for (const told of this.#waiting) told();
    this.#waiting.clear();
  }

  #wakeNext(until: number): boolean {
    const [next] = this.#sleepers;
    if (next === undefined || next.due > until) return false;
    this.#sleepers.shift();
    this.#now = Math.max(this.#now, next.due);
    next.wake();
    return true;
  }
}

/** Resolves when every promise that could go on has done so: microtasks all run before an immediate does. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
