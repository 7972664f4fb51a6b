import { SluiceError } from "../../errors/index.ts";
import { refHandle, secretHandle } from "../../model/index.ts";
import { parseDuration } from "../../util/duration.ts";
import { unknownOptions } from "../../util/unknown-options.ts";

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Collects what is wrong with options. Takes anything, because JavaScript gives anything. */
export class Check {
  readonly #problems: string[] = [];

  add(problem: string): void {
    this.#problems.push(problem);
  }

  /** Names of options that nobody reads. */
  known(at: string, value: object, names: readonly string[]): void {
    for (const problem of unknownOptions(value, names, at)) this.add(problem);
  }

  /**
   * An object of options, each of a known name; undefined where there is none, or once it is noted that it is something
   * else. Looked at before anything is read from it, so that no message is one of JavaScript's own.
   *
   * @param wanted - what else may stand there
   */
  options<T extends object>(
    at: string,
    value: T | undefined,
    names: readonly string[],
    wanted = "",
  ): T | undefined {
    if (value === undefined && at !== "") return undefined;
    if (isObject(value)) {
      this.known(at, value, names);
      return value;
    }
    const members = at === "" ? "" : ` of ${names.join(", ")}`;
    this.add(`${at === "" ? "the options" : at} must be an object${members}${wanted}, not ${shown(value)}`);
    return undefined;
  }

  /** A whole number of at least `min`, or a ref to one. */
  count(name: string, value: unknown, min: number): void {
    if (refHandle(value) === undefined && !isWhole(value, min))
      this.add(`${name} must be a whole number of at least ${min}, not ${shown(value)}`);
  }

  /** The same, but known now. */
  number(name: string, value: unknown, min: number, max: number): void {
    if (!isWhole(value, min) || value > max)
      this.add(`${name} must be a whole number from ${min} to ${max}, not ${shown(value)}`);
  }

  flag(name: string, value: unknown): void {
    if (typeof value !== "boolean") this.add(`${name} must be true or false, not ${shown(value)}`);
  }

  /** Text of a form. */
  text(name: string, value: unknown, form: RegExp, wanted: string): void {
    if (typeof value !== "string" || !form.test(value))
      this.add(`${name} must be ${wanted}, not ${shown(value)}`);
  }

  oneOf(name: string, value: unknown, of: readonly unknown[]): void {
    if (!of.includes(value))
      this.add(`${name} must be one of ${of.map(shown).join(", ")}, not ${shown(value)}`);
  }

  /** Whole milliseconds of a duration, or 0 once it is noted as a problem. */
  duration(name: string, value: unknown, min: number): number {
    const ms = typeof value === "number" || typeof value === "string" ? parseDuration(value) : undefined;
    if (ms !== undefined && ms >= min) return Math.round(ms);
    this.add(`${name} must be a duration such as "10s", not ${shown(value)}`);
    return 0;
  }

  /** A value that is known now or by a ref, and is no secret. */
  input(name: string, value: unknown, instead: string): void {
    if (secretHandle(value) !== undefined)
      this.add(`${name} is a secret, which may not stand there: ${instead}`);
    else if (
      typeof value === "string" ? value.includes("\0") : !isNumber(value) && refHandle(value) === undefined
    )
      this.add(`${name} must be a string, a number or a ref to one, not ${shown(value)}`);
  }

  list(name: string, value: unknown): readonly unknown[] {
    if (Array.isArray(value)) return value;
    this.add(`${name} must be a list, not ${shown(value)}`);
    return [];
  }

  /** The members of an object, or none once it is noted that it is none. */
  members(name: string, value: unknown, of: string): readonly (readonly [string, unknown])[] {
    if (isObject(value)) return Object.entries(value);
    this.add(`${name} must be an object of ${of}, not ${shown(value)}`);
    return [];
  }

  /** Variables for processes that the target starts. */
  env(name: string, value: unknown): void {
    for (const [variable, part] of this.#variables(name, value))
      this.input(`${name}.${variable}`, part, `move it to secrets: { ${variable} }`);
  }

  secrets(name: string, value: unknown, env: unknown): void {
    for (const [variable, part] of this.#variables(name, value)) {
      if (secretHandle(part) === undefined)
        this.add(`${name}.${variable} must be one of the pipeline's secrets, not ${shown(part)}`);
      if (typeof env === "object" && env !== null && Object.hasOwn(env, variable))
        this.add(`${variable} is in env and in secrets`);
    }
  }

  throwIfAny(what: string, hint: string): void {
    if (this.#problems.length === 0) return;
    throw new SluiceError("DEFINITION_INVALID", `${what}: ${this.#problems.join("; ")}`, { hint });
  }

  #variables(name: string, value: unknown): readonly (readonly [string, unknown])[] {
    const entries = this.members(name, value, "variables");
    for (const [variable] of entries) {
      if (!VARIABLE.test(variable)) this.add(`${name} has "${variable}", which no variable can be called`);
      else if (variable === "PORT" || variable.startsWith("SLUICE_"))
        this.add(`${name}.${variable} is set by the target`);
    }
    return entries;
  }
}

function isObject(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    refHandle(value) === undefined &&
    secretHandle(value) === undefined
  );
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value);
}

function isWhole(value: unknown, min: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min;
}

export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "a list";
  return ["number", "boolean", "undefined"].includes(typeof value) || value === null
    ? String(value)
    : `a value of type ${typeof value}`;
}
