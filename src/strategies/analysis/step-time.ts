/** How often, at least, a step is looked at for failing requests: ms. */
const LONGEST_BEAT = 5_000;

/** The clockwork of one step: when it opens, is looked at, closes and is extended. All in ms. */
export class StepTime {
  readonly #length: number;
  readonly #opening: number;
  /** Between two looks. Divides the window. */
  readonly beat: number;
  #end: number;
  #opened = false;
  #closed = false;

  constructor(from: number, { length, warmup, window }: { length: number; warmup: number; window: number }) {
    this.#length = length;
    this.#opening = from + warmup;
    this.#end = from + length;
    this.beat = window / Math.ceil(window / LONGEST_BEAT);
  }

  /** True once: at the first look after the warm-up. */
  opens(at: number): boolean {
    if (this.#opened || at < this.#opening) return false;
    this.#opened = true;
    return true;
  }

  /** True once, at the first look after the end, and once more after every extension. */
  closes(at: number): boolean {
    if (this.#closed || at < this.#end) return false;
    this.#closed = true;
    return true;
  }

  /** Whether its time is over. */
  get over(): boolean {
    return this.#closed;
  }

  extend(at: number): void {
    this.#closed = false;
    this.#end = at + this.#length;
  }

  /** When to look again. */
  next(at: number, due: readonly number[]): number {
    const moments = [at + this.beat, ...due];
    if (!this.#opened) moments.push(this.#opening);
    if (!this.#closed) moments.push(this.#end);
    return Math.min(...moments);
  }
}
