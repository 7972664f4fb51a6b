/** Warnings of one run, each told once. */
export class Warnings {
  readonly #told = new Set<string>();
  #waiting: string[] = [];

  add(text: string): void {
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#waiting.push(text);
  }

  /** Those that are new since the last call, as a part of an answer. */
  take(): { readonly warning?: string } {
    const warning = this.all().join("; ");
    return warning === "" ? {} : { warning };
  }

  all(): readonly string[] {
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }
}
