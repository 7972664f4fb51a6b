/** Reads data from outside part by part. The first part that does not fit is thrown, as the error that `fail` makes of it. */
export class Reader {
  readonly #fail: (problem: string) => Error;

  constructor(fail: (problem: string) => Error) {
    this.#fail = fail;
  }

  object(value: unknown, at: string): Readonly<Record<string, unknown>> {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw this.#misfit(at, "an object", value);
    return value as Readonly<Record<string, unknown>>;
  }

  text(value: unknown, at: string): string {
    if (typeof value !== "string") throw this.#misfit(at, "a string", value);
    return value;
  }

  integer(value: unknown, at: string, min = 0): number {
    if (!Number.isSafeInteger(value) || (value as number) < min) {
      throw this.#misfit(at, `a whole number of at least ${min}`, value);
    }
    return value as number;
  }

  number(value: unknown, at: string, min: number, max: number): number {
    if (typeof value !== "number" || !(value >= min && value <= max)) {
      throw this.#misfit(at, `a number from ${min} to ${max}`, value);
    }
    return value;
  }

  boolean(value: unknown, at: string): boolean {
    if (typeof value !== "boolean") throw this.#misfit(at, "true or false", value);
    return value;
  }

  oneOf<const T extends string>(value: unknown, at: string, of: readonly T[]): T {
    const found = of.find((item) => item === value);
    if (found === undefined) throw this.#misfit(at, `one of ${of.join(", ")}`, value);
    return found;
  }

  list<T>(value: unknown, at: string, item: (value: unknown, at: string) => T): readonly T[] {
    if (!Array.isArray(value)) throw this.#misfit(at, "a list", value);
    return value.map((part: unknown, index) => item(part, `${at}[${index}]`));
  }

  map<T>(value: unknown, at: string, item: (value: unknown, at: string) => T): Readonly<Record<string, T>> {
    const entries = Object.entries(this.object(value, at));
    return Object.fromEntries(entries.map(([key, part]) => [key, item(part, `${at}.${key}`)]));
  }

  nullable<T>(value: unknown, read: (value: unknown) => T): T | null {
    return value === null || value === undefined ? null : read(value);
  }

  #misfit(at: string, wanted: string, value: unknown): Error {
    const seen = value === undefined ? "missing" : JSON.stringify(value).slice(0, 60);
    return this.#fail(`${at} must be ${wanted}, but is ${seen}`);
  }
}
