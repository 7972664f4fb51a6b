import { SluiceError } from "../errors/index.ts";
import { parseDuration, type Duration } from "../util/duration.ts";

type Presence = "required" | "optional";

/** Collects everything that is wrong with the options of {@link evaluate} or a metric, to say it all at once. */
export class Problems {
  readonly #of: string;
  readonly #found: { readonly message: string; readonly hint: string }[] = [];

  constructor(of: string) {
    this.#of = of;
  }

  add(message: string, hint: string): void {
    this.#found.push({ message, hint });
  }

  /** A misspelt limit would limit nothing, so unknown keys are refused. */
  keys(
    options: unknown,
    known: readonly string[],
    path = "the argument",
  ): options is Readonly<Record<string, unknown>> {
    if (typeof options !== "object" || options === null || Array.isArray(options)) {
      this.add(`${path} must be an object, got ${show(options)}`, `Give ${known.join(", ")}.`);
      return false;
    }
    for (const key of Object.keys(options)) {
      if (!known.includes(key))
        this.add(`there is no option ${key}`, `The options are: ${known.join(", ")}.`);
    }
    return true;
  }

  number(name: string, value: unknown, low: number, high: number): void {
    if (value === undefined) return;
    if (typeof value === "number" && value >= low && value <= high) return;
    const range = high === Infinity ? `of at least ${low}` : `from ${low} to ${high}`;
    this.add(`${name} must be a number ${range}, got ${show(value)}`, "Correct it or leave it out.");
  }

  /** A share from 0 to 1; not 0 where that would accept everything. */
  share(name: string, value: unknown, zero: "zero allowed" | "above zero"): void {
    if (typeof value === "number" && value > 1 && value <= 100) {
      this.add(`${name} must be a share from 0 to 1, got ${value}`, `For ${value} % write ${value / 100}.`);
    } else if (value === 0 && zero === "above zero") {
      this.add(`${name} of 0 accepts everything`, "Correct it or leave it out.");
    } else this.number(name, value, 0, 1);
  }

  whole(name: string, value: unknown, low: number, presence: Presence = "optional"): void {
    if (value === undefined && presence === "optional") return;
    if (typeof value === "number" && Number.isInteger(value) && value >= low) return;
    this.add(`${name} must be a whole number of at least ${low}, got ${show(value)}`, "Correct it.");
  }

  text(name: string, value: unknown, presence: Presence = "optional"): void {
    if (value === undefined && presence === "optional") return;
    if (typeof value === "string" && value.trim() !== "") return;
    this.add(`${name} must be a text that is not blank, got ${show(value)}`, "Correct it.");
  }

  /** Milliseconds; `fallback` where it is not given. */
  duration(name: string, value: Duration | undefined, fallback: number): number {
    if (value === undefined) return fallback;
    const ms = typeof value === "number" || typeof value === "string" ? parseDuration(value) : undefined;
    if (ms !== undefined && ms > 0) return ms;
    this.add(
      `${name} must be a length of time above zero, got ${show(value)}`,
      `Write it as "500ms", "30s" or "5m".`,
    );
    return fallback;
  }

  /** @throws SluiceError `DEFINITION_INVALID` */
  throwIfAny(): void {
    if (this.#found.length === 0) return;
    throw new SluiceError(
      "DEFINITION_INVALID",
      `${this.#of}(): ${this.#found.map((one) => one.message).join("; ")}`,
      {
        path: `${this.#of}()`,
        hint: [...new Set(this.#found.map((one) => one.hint))].join(" "),
      },
    );
  }
}

export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "function") return "a function";
  if (typeof value === "number") return String(value);
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? `a ${typeof value}` : shorten(text, 60);
}

// Control characters, among them escape sequences, that an answer could use to rewrite the terminal.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Foreign text as one line of at most `max` characters. */
export function shorten(text: string, max: number): string {
  const line = text.replace(CONTROL, " ").trim();
  return line.length <= max ? line : `${line.slice(0, max - 1)}…`;
}
