/** Counts errors of a metric source in a row. */
export class ErrorStreak {
  readonly #limit: number;
  #count = 0;
  #last = "";

  constructor(limit: number) {
    this.#limit = limit;
  }

  failed(fault: string): void {
    this.#count += 1;
    this.#last = fault;
  }

  worked(): void {
    this.#count = 0;
  }

  get exceeded(): boolean {
    return this.#count > this.#limit;
  }

  /** In words, or `undefined` while the source works. */
  get text(): string | undefined {
    if (this.#count === 0) return undefined;
    const times = this.#count === 1 ? "failed" : `failed ${this.#count} times in a row`;
    return `the metric source ${times}: ${this.#last}`;
  }
}
