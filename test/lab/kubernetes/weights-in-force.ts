import { setTimeout as sleep } from "node:timers/promises";
import type { Answered } from "./traffic.ts";

/** While a weight was in force: milliseconds of this process. */
export interface Phase {
  readonly weight: number;
  readonly from: number;
  to: number;
}

interface GatewayService {
  readonly weighted?: { readonly services: readonly { readonly name: string; readonly weight: number }[] };
}

/**
 * The weights of one backend as they come into force. A controller accepts a route before it sends requests by it, so they
 * are asked of its own API, again and again, because that has nothing to wait for.
 */
export class WeightsInForce {
  readonly phases: Phase[] = [];
  readonly #api: string;
  readonly #backend: string;
  readonly #waiting = new Set<() => void>();
  readonly #loop: Promise<void>;
  #on = true;

  constructor(api: string, backend: string) {
    this.#api = api;
    this.#backend = backend;
    this.#loop = this.#look();
    // Who waits for a weight, or ends this, is told.
    this.#loop.catch(() => undefined);
  }

  /** Waits until one of these weights is in force, from now on or already. */
  async until(...weights: readonly number[]): Promise<Phase> {
    const [fits] = await Promise.race([
      this.#loop.then(() => Promise.reject(new Error("nobody looks any more"))),
      new Promise<[Phase]>((resolve) => {
        const look = (): void => {
          const now = this.phases.at(-1);
          if (now === undefined || !weights.includes(now.weight)) return;
          this.#waiting.delete(look);
          resolve([now]);
        };
        this.#waiting.add(look);
        look();
      }),
    ]);
    return fits;
  }

  async stop(): Promise<void> {
    this.#on = false;
    await this.#loop;
  }

  async #look(): Promise<void> {
    while (this.#on) {
      const before = performance.now();
      const weight = await this.#read();
      const last = this.phases.at(-1);
      if (last !== undefined && last.weight === weight) last.to = before;
      else if (weight !== undefined) this.phases.push({ weight, from: performance.now(), to: before });
      for (const look of this.#waiting) look();
      await sleep(20);
    }
  }

  async #read(): Promise<number | undefined> {
    const answer = await fetch(`${this.#api}/api/http/services?per_page=1000`);
    const services = (await answer.json()) as readonly GatewayService[];
    return services
      .flatMap(({ weighted }) => weighted?.services ?? [])
      .find(({ name }) => name.startsWith(this.#backend))?.weight;
  }
}

/** Of requests that were sent and answered within a time. */
export function within(answers: readonly Answered[], { from, to }: Phase): readonly Answered[] {
  return answers.filter(({ sent, done }) => sent >= from && done <= to);
}

/**
 * How many of `draws` independent draws hit that each do so with `chance`: fewer or more than that come with a probability
 * of less than `alpha` on each side.
 */
export function binomialRange(draws: number, chance: number, alpha: number): readonly [number, number] {
  let logarithm = draws * Math.log1p(-chance);
  let sum = 0;
  let least = 0;
  for (let hits = 0; hits <= draws; hits++) {
    sum += Math.exp(logarithm);
    if (sum < alpha) least = hits + 1;
    if (sum > 1 - alpha) return [least, hits];
    logarithm += Math.log((draws - hits) / (hits + 1)) + Math.log(chance / (1 - chance));
  }
  return [least, draws];
}
