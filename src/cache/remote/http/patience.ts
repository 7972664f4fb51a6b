/** Bytes in each second that count as getting somewhere. */
const SLOWEST = 1_000;

/**
 * Watches that a request gets somewhere. Runs out where, over the time that it has, less than {@link SLOWEST} bytes a
 * second have moved; time in which we are the ones who hold it up does not count.
 */
export class Patience {
  readonly #limit: number;
  readonly #least: number;
  readonly #out: () => void;
  #timer: NodeJS.Timeout | undefined;
  #since = 0;
  #left: number;
  #moved = 0;

  /** @param limit milliseconds; @param first another limit until the first call of {@link again} */
  constructor(limit: number, first: number, out: () => void) {
    this.#limit = limit;
    this.#least = (limit / 1_000) * SLOWEST;
    this.#out = out;
    this.#left = first;
    this.resume();
  }

  /** Begins anew: another phase of the request. */
  again(): void {
    this.#moved = 0;
    this.#left = this.#limit;
    if (this.#timer === undefined) return;
    this.pause();
    this.#left = this.#limit;
    this.resume();
  }

  moved(bytes: number): void {
    this.#moved += bytes;
    if (this.#moved >= this.#least) this.again();
  }

  pause(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#left = Math.max(1, this.#left - (performance.now() - this.#since));
  }

  resume(): void {
    if (this.#timer !== undefined) return;
    this.#since = performance.now();
    this.#timer = setTimeout(this.#out, this.#left);
  }
}
