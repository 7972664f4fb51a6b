/** When the next measurement is due, in steps of one interval; what was missed is not made up for. */
export class Cadence {
  readonly #interval: number;
  readonly #least: number;
  #from = 0;
  #due = Infinity;
  #taken = 0;

  /** `least` is the part of an interval that is worth measuring when a step ends between two measurements. */
  constructor(interval: number, least: number) {
    this.#interval = interval;
    this.#least = least * interval;
  }

  /** Nothing is due until it is opened again. */
  stop(): void {
    this.#due = Infinity;
  }

  open(at: number): void {
    this.#from = at;
    this.#due = at + this.#interval;
    this.#taken = 0;
  }

  get due(): number {
    return this.#due;
  }

  wants(at: number, closing: boolean): boolean {
    return (
      at >= this.#due ||
      (closing && this.#due < Infinity && (this.#taken === 0 || at - this.#from > this.#least))
    );
  }

  /** Takes a measurement at `at` and gives the moment of the one before. */
  take(at: number): number {
    const from = this.#from;
    this.#from = at;
    this.#taken += 1;
    while (this.#due <= at) this.#due += this.#interval;
    return from;
  }
}
