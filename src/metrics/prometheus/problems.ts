import { SluiceError } from "../../errors/index.ts";
import { parseDuration } from "../../util/duration.ts";

/** Collects what is wrong with the options of one call, so that all of it is said at once. */
export class Problems {
  readonly #call: string;
  readonly #found: { readonly text: string; readonly hint: string }[] = [];

  constructor(call: string) {
    this.#call = call;
  }

  add(text: string, hint: string): void {
    this.#found.push({ text, hint });
  }

  /** Notes options that nobody reads; types do not hold in JavaScript. */
  keys(given: object, known: readonly string[]): void {
    for (const key of Object.keys(given)) {
      if (!known.includes(key)) this.add(`there is no option "${key}"`, `Use ${known.join(", ")}.`);
    }
  }

  /** Milliseconds, or 0 once it is noted as a problem. */
  duration(name: string, value: unknown): number {
    const ms = typeof value === "number" || typeof value === "string" ? parseDuration(value) : undefined;
    if (ms !== undefined && ms >= 1) return Math.round(ms);
    this.add(`${name}: ${JSON.stringify(value)} is not a duration`, 'Write it like "10s" or "2m".');
    return 0;
  }

  throwIfAny(): void {
    if (this.#found.length === 0) return;
    const message = `${this.#call}: ${this.#found.map(({ text }) => text).join("; ")}`;
    const hint = [...new Set(this.#found.map((problem) => problem.hint))].join(" ");
    throw new SluiceError("DEFINITION_INVALID", message, { hint });
  }
}
