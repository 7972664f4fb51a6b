import { SluiceError } from "../errors/index.ts";
import { refHandle, secretHandle } from "../model/index.ts";
import { parseDuration, type Duration } from "../util/duration.ts";

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Collects what is wrong with the options of `service()`. Takes anything, because JavaScript gives anything. */
export class ServiceCheck {
  readonly #problems: string[] = [];

  artifact(value: unknown): void {
    if (refHandle(value) !== undefined) return;
    this.#add(
      `artifact must be a ref to an artifact, such as artifact(build, "app") gives, not ${shown(value)}`,
    );
  }

  command(value: unknown): void {
    if (!Array.isArray(value) || value.length === 0) {
      this.#add(`command must list the program and its arguments, not ${shown(value)}`);
      return;
    }
    for (const [index, part] of value.entries())
      this.#input(`command[${index}]`, part, "env and secrets carry values to it");
  }

  port(value: unknown): void {
    if (value === undefined || (isWhole(value, 1) && value <= 65_535)) return;
    this.#add(`port must be a whole number from 1 to 65535, not ${shown(value)}`);
  }

  replicas(value: unknown): void {
    if (refHandle(value) === undefined && !isWhole(value, 1)) {
      this.#add(`replicas must be a whole number of at least 1, not ${shown(value)}`);
    }
  }

  path(value: unknown): void {
    if (typeof value === "string" && /^\/[\x21-\x7e]*$/.test(value)) return;
    this.#add(`health.path must begin with "/" and hold no space, not be ${shown(value)}`);
  }

  env(value: unknown): void {
    for (const [name, part] of this.#variables("env", value))
      this.#input(`env.${name}`, part, `move it to secrets: { ${name} }`);
  }

  secrets(value: unknown, env: unknown): void {
    for (const [name, part] of this.#variables("secrets", value)) {
      if (secretHandle(part) === undefined)
        this.#add(`secrets.${name} must be one of the pipeline's secrets, not ${shown(part)}`);
      if (typeof env === "object" && env !== null && Object.hasOwn(env, name))
        this.#add(`${name} is in env and in secrets`);
    }
  }

  /** Whole milliseconds of a duration, or 0 once it is noted as a problem. */
  duration(name: string, value: Duration, min: number): number {
    const ms = typeof value === "number" || typeof value === "string" ? parseDuration(value) : undefined;
    if (ms !== undefined && ms >= min) return Math.round(ms);
    this.#add(`${name} must be a duration such as "10s", not ${shown(value)}`);
    return 0;
  }

  throwIfAny(): void {
    if (this.#problems.length === 0) return;
    throw new SluiceError("DEFINITION_INVALID", `service(): ${this.#problems.join("; ")}`, {
      hint: 'Write it like service({ artifact: built, command: ["node", "server.js"], replicas: 2 }).',
    });
  }

  #variables(name: string, value: unknown): readonly (readonly [string, unknown])[] {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.#add(`${name} must be an object of variables, not ${shown(value)}`);
      return [];
    }
    const entries = Object.entries(value);
    for (const [variable] of entries) {
      if (!VARIABLE.test(variable)) this.#add(`${name} has "${variable}", which no variable can be called`);
      else if (variable === "PORT" || variable.startsWith("SLUICE_"))
        this.#add(`${name}.${variable} is set by the target`);
    }
    return entries;
  }

  #input(name: string, value: unknown, instead: string): void {
    if (secretHandle(value) !== undefined)
      this.#add(`${name} is a secret, which may not stand there: ${instead}`);
    else if (
      typeof value === "string" ? value.includes("\0") : !isNumber(value) && refHandle(value) === undefined
    ) {
      this.#add(`${name} must be a string, a number or a ref to one, not ${shown(value)}`);
    }
  }

  #add(problem: string): void {
    this.#problems.push(problem);
  }
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value);
}

function isWhole(value: unknown, min: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min;
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "number" || typeof value === "boolean" || value === null
    ? String(value)
    : `a value of type ${typeof value}`;
}
