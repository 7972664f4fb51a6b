import { SluiceError } from "../../errors/index.ts";
import { parseDuration, type Duration } from "../../util/duration.ts";

/** Bounds of a number option. */
export interface NumberBounds {
  readonly min?: number;
  /** The number must be above this. */
  readonly above?: number;
  readonly max?: number;
  readonly whole?: boolean;
}

/**
 * Collects everything that is wrong with the options of one check, so that the user sees all of it at once.
 * Values come as `unknown`: a pipeline written in JavaScript has no compiler in front of it.
 */
export class OptionProblems {
  readonly #check: string;
  readonly #problems: { readonly message: string; readonly hint: string }[] = [];

  constructor(check: string) {
    this.#check = check;
  }

  add(message: string, hint: string): void {
    this.#problems.push({ message, hint });
  }

  /** Whether `options` is an object with no other keys than `known`. A misspelt limit would otherwise limit nothing. */
  keys(options: unknown, known: readonly string[], path = ""): options is Readonly<Record<string, unknown>> {
    if (typeof options !== "object" || options === null || Array.isArray(options)) {
      this.add(
        `${path === "" ? "the argument" : path} must be an object, got ${show(options)}`,
        `Give ${known.join(", ")}.`,
      );
      return false;
    }
    for (const key of Object.keys(options)) {
      if (known.includes(key)) continue;
      this.add(
        `there is no option ${path === "" ? "" : `${path}.`}${key}`,
        `The options are: ${known.join(", ")}.`,
      );
    }
    return true;
  }

  number(name: string, value: unknown, bounds: NumberBounds = {}): void {
    if (value === undefined) return;
    const what = bounds.whole === true ? "a whole number" : "a number";
    const limits = [
      bounds.above === undefined ? "" : `above ${bounds.above}`,
      bounds.min === undefined ? "" : `of at least ${bounds.min}`,
      bounds.max === undefined ? "" : `at most ${bounds.max}`,
    ].filter((limit) => limit !== "");
    const fits =
      typeof value === "number" &&
      Number.isFinite(value) &&
      (bounds.whole !== true || Number.isInteger(value)) &&
      (bounds.min === undefined || value >= bounds.min) &&
      (bounds.above === undefined || value > bounds.above) &&
      (bounds.max === undefined || value <= bounds.max);
    if (!fits)
      this.add(
        `${name} must be ${[what, limits.join(" and ")].join(" ").trim()}, got ${show(value)}`,
        "Correct it or leave it out.",
      );
  }

  /** A count: a whole number of at least `min`. */
  count(name: string, value: unknown, min = 0): void {
    this.number(name, value, { min, whole: true });
  }

  flag(name: string, value: unknown): void {
    if (value === undefined || typeof value === "boolean") return;
    this.add(`${name} must be true or false, got ${show(value)}`, "Correct it or leave it out.");
  }

  oneOf(name: string, value: unknown, allowed: readonly string[]): void {
    if (value === undefined || (typeof value === "string" && allowed.includes(value))) return;
    this.add(
      `${name} must be one of ${allowed.join(", ")}, got ${show(value)}`,
      "Correct it or leave it out.",
    );
  }

  text(name: string, value: unknown): void {
    if (value === undefined || (typeof value === "string" && value.trim() !== "")) return;
    this.add(`${name} must be a text that is not blank, got ${show(value)}`, "Correct it or leave it out.");
  }

  /** Milliseconds of a duration option. */
  duration(name: string, value: Duration | undefined): number | undefined {
    if (value === undefined) return undefined;
    const ms = typeof value === "number" || typeof value === "string" ? parseDuration(value) : undefined;
    if (ms !== undefined && ms > 0) return ms;
    this.add(
      `${name} must be a length of time above zero, got ${show(value)}`,
      `Write it as "30s", "5m" or "2h".`,
    );
    return undefined;
  }

  /** The report patterns as a list. */
  reports(value: unknown): readonly string[] {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const patterns = list.filter((item) => typeof item === "string" && item.trim() !== "");
    if (list.length === 0 || patterns.length !== list.length) {
      this.add(
        `report must be a path, a glob or a list of them, got ${show(value)}`,
        `For example report: "reports/*.xml".`,
      );
    }
    return patterns as readonly string[];
  }

  /** @throws SluiceError `DEFINITION_INVALID` with every problem. */
  throwIfAny(): void {
    if (this.#problems.length === 0) return;
    throw new SluiceError(
      "DEFINITION_INVALID",
      `${this.#check}(): ${this.#problems.map((one) => one.message).join("; ")}`,
      {
        path: `${this.#check}()`,
        hint: [...new Set(this.#problems.map((one) => one.hint))].join(" "),
      },
    );
  }
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number" || typeof value === "function")
    return typeof value === "number" ? String(value) : "a function";
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? `a ${typeof value}` : text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
