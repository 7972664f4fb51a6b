import { isAbsolute, resolve } from "node:path";
import { SluiceError } from "../../errors/index.ts";
import type { StepContext } from "../../ports/index.ts";
import { standsAlone, VALUE } from "./parts.ts";
import { secretVariables } from "./render.ts";
import type { ShellPart, ShellSpec } from "./spec.ts";
import { kindOf, resolvedSecret } from "./values.ts";

/** Where a value of the spec stands, in words and in the Plan's form of the spec. */
interface Place {
  readonly label: string;
  readonly path: readonly (string | number)[];
}

/** Refuses a command with a value that no quoting could make right. */
export function checkCommand(spec: ShellSpec, context: StepContext): void {
  let count = 0;
  for (const [index, part] of spec.command.entries()) {
    if (typeof part === "string") continue;
    count++;
    const place = { label: `value ${count} of the command`, path: ["command", index, "value"] };
    const known = kindOf(part.value);
    if (known.kind === "secret" && resolvedSecret(part.value) !== undefined) continue;
    if (known.kind === "list") checkList(spec, index, part, place, context);
    else textOf(part.value, place, context);
  }
}

function checkList(
  spec: ShellSpec,
  index: number,
  part: ShellPart,
  place: Place,
  context: StepContext,
): void {
  const around = [spec.command[index - 1] ?? "", spec.command[index + 1] ?? ""];
  const [before = "", after = ""] = around.map((text) => (typeof text === "string" ? text : VALUE));
  if (part.quote !== "bare" || !standsAlone(before, after)) {
    throw unusable(place, "an array within quotes or glued to other text", context);
  }
  for (const item of part.value as readonly unknown[]) textOf(item, place, context);
}

/** The working directory, absolute. */
export function workingDirectory(spec: ShellSpec, context: StepContext): string {
  if (spec.cwd === null) return context.root;
  const cwd = textOf(spec.cwd, { label: "cwd", path: ["cwd"] }, context);
  return isAbsolute(cwd) ? cwd : resolve(context.root, cwd);
}

/** What the command reads from its standard input. */
export function standardInput(spec: ShellSpec, context: StepContext): string | undefined {
  if (spec.stdin === null) return undefined;
  const secret = resolvedSecret(spec.stdin);
  return secret?.reveal() ?? textOf(spec.stdin, { label: "stdin", path: ["stdin"] }, context, true);
}

/** Every variable of the job: what it may inherit, its own, its secrets, and what tells it where it runs. */
export function environment(spec: ShellSpec, context: StepContext, cookie: string): Record<string, string> {
  const env: Record<string, string> = { ...context.env };
  for (const name of Object.keys(spec.env)) {
    const value = spec.env[name];
    const secret = resolvedSecret(value);
    const place = { label: `the variable ${name}`, path: ["env", name] };
    env[name] =
      secret === undefined ? textOf(value, place, context) : secretText(secret.name, secret.reveal());
  }
  const variables = secretVariables(spec);
  if (variables.size > 0) {
    for (const part of spec.command) {
      const secret = typeof part === "string" ? undefined : resolvedSecret(part.value);
      const variable = secret === undefined ? undefined : variables.get(secret.name);
      if (secret && variable !== undefined) env[variable] = secretText(secret.name, secret.reveal());
    }
  }
  env["SLUICE_RUN"] = context.run;
  env["SLUICE_NODE"] = context.node.id;
  env["SLUICE_STAGE"] = context.node.stage;
  env["SLUICE_ATTEMPT"] = String(context.attempt);
  env["SLUICE_JOB"] = cookie;
  return env;
}

function secretText(name: string, value: string): string {
  if (!value.includes("\0")) return value;
  throw new SluiceError(
    "OUTPUT_INVALID",
    `the secret "${name}" holds a NUL character, which no variable can`,
    {
      hint: "Store it as base64 and decode it in the job.",
    },
  );
}

function textOf(value: unknown, place: Place, context: StepContext, binary = false): string {
  const known = kindOf(value);
  if (known.kind === "text") {
    if (binary || !known.text.includes("\0")) return known.text;
    throw unusable(place, "text with a NUL character", context);
  }
  if (value === undefined) {
    throw new SluiceError("INPUT_MISSING", `${describe(place, context)} has no value`, {
      hint: "The node that it comes from left none, for example because it was skipped.",
    });
  }
  if (known.kind === "unfit") throw unusable(place, known.what, context);
  throw unusable(place, known.kind === "list" ? "an array" : "an object", context);
}

function unusable(place: Place, what: string, context: StepContext): SluiceError {
  return new SluiceError(
    "OUTPUT_INVALID",
    `${describe(place, context)} is ${what}, which no command can take`,
    {
      hint: "Pass a field that is a string, a number or a boolean.",
    },
  );
}

/** The place with the ref that stands there in the Plan, for example `value 1 of the command (build/image.digest)`. */
function describe(place: Place, context: StepContext): string {
  let planned: unknown = context.node.with;
  for (const key of place.path) {
    if (typeof planned !== "object" || planned === null) return place.label;
    planned = (planned as Record<string | number, unknown>)[key];
  }
  if (typeof planned !== "object" || planned === null || !("$ref" in planned)) return place.label;
  const { $ref, path } = planned as { $ref: unknown; path?: unknown };
  const fields = Array.isArray(path) ? path.map((field) => `.${String(field)}`).join("") : "";
  return `${place.label} (${String($ref)}${fields})`;
}
