import { SluiceError } from "../errors/index.ts";
import { type Duration, parseDuration } from "../util/duration.ts";

interface Problem {
  readonly option: string;
  readonly message: string;
  readonly hint: string;
}

/** Collects what is wrong with the options of one call, so that all of it is said at once. */
export class Problems {
  readonly #call: string;
  readonly #found: Problem[] = [];

  constructor(call: string) {
    this.#call = call;
  }

  add(option: string, message: string, hint: string): void {
    this.#found.push({ option, message, hint });
  }

  /** Throws where the options are no object, since then nothing can be read from them. */
  object(options: unknown): void {
    if (typeof options === "object" && options !== null) return;
    const message = isMissing(options) ? "are missing" : `a ${typeof options} is not an object`;
    this.add("options", message, `Write it like ${this.#call}({ … }).`);
    this.throwIfAny();
  }

  /** Milliseconds of a duration option, or the problem noted and `fallback`. */
  duration(option: string, value: Duration, fallback: number, least = 1): number {
    const ms = typeof value === "number" || typeof value === "string" ? parseDuration(value) : undefined;
    if (ms !== undefined && ms >= least) return ms;
    const given = typeof value === "string" ? `"${value}"` : String(value);
    this.add(
      option,
      isMissing(value) ? "is missing" : `${given} is not a duration`,
      'Give milliseconds or text such as "30s" or "2m".',
    );
    return fallback;
  }

  /** The list itself, or the problem noted and an empty one; types do not hold in JavaScript. */
  list<T>(option: string, value: readonly T[], hint: string, least = 1): readonly T[] {
    const isList: boolean = Array.isArray(value);
    if (!isList) this.add(option, isMissing(value) ? "is missing" : `a ${typeof value} is not a list`, hint);
    else if (value.length < least) this.add(option, "is empty", hint);
    return isList ? value : [];
  }

  /** Notes a number that is not a whole one from `least` on. */
  whole(option: string, value: number, least = 0): void {
    if (Number.isInteger(value) && value >= least) return;
    this.add(option, `${String(value)} is not a whole number of at least ${least}`, `Give ${least} or more.`);
  }

  /** Throws `DEFINITION_INVALID` with everything noted, if anything was. */
  throwIfAny(): void {
    const [first, ...rest] = this.#found;
    if (first === undefined) return;
    const hint = [...new Set(this.#found.map((problem) => problem.hint))].join(" ");
    const lines = this.#found.map(({ option, message }, index) => `  ${index + 1}. ${option}: ${message}`);
    const message =
      rest.length === 0
        ? `${this.#call}: ${first.option}: ${first.message}`
        : `${this.#call} has ${this.#found.length} problems\n${lines.join("\n")}`;
    throw new SluiceError("DEFINITION_INVALID", message, { path: `${this.#call} ${first.option}`, hint });
  }
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}
