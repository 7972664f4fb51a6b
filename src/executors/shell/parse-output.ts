import { SluiceError } from "../../errors/index.ts";
import type { Json } from "../../model/index.ts";
import { WHOLE_BYTES } from "./capture.ts";
import { shortened } from "./command-error.ts";

/** A schema of any library that follows Standard Schema, for example zod. */
export interface OutputSchema<out T> {
  readonly "~standard": {
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>;
  };
}

/** What a schema says of a value. */
export type SchemaResult<T> =
  { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Standard output as JSON, checked by the schema. `command` is for messages. */
export async function parseJson<T>(
  text: string,
  schema: OutputSchema<T> | undefined,
  command: string,
): Promise<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const found = text.trim() === "" ? "printed nothing" : `did not print JSON: ${String(cause)}`;
    throw invalid(
      `${shortened(command)} ${found}`,
      "Print one JSON value on standard output, and logs on standard error.",
    );
  }
  if (schema === undefined) return value as T & Json;
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) return result.value;
  const issues = result.issues.map((issue) => `${location(issue)}${issue.message}`);
  throw invalid(
    `${shortened(command)} printed JSON that does not fit its schema: ${issues.join("; ")}`,
    "Correct the command or the schema given to .json().",
  );
}

/** The lines of `text` without their ends. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** The error for a command that printed more than an output may hold. */
export function tooLong(command: string): SluiceError {
  return invalid(
    `${shortened(command)} printed more than ${WHOLE_BYTES >> 20} MiB, too much for an output`,
    "Write it to a file and declare that as an artifact, or print less.",
  );
}

function location(issue: SchemaIssue): string {
  const keys = issue.path?.map((key) => String(typeof key === "object" ? key.key : key)) ?? [];
  return keys.length === 0 ? "" : `${keys.join(".")}: `;
}

function invalid(message: string, hint: string): SluiceError {
  return new SluiceError("OUTPUT_INVALID", message, { hint });
}
