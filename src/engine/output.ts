import { SluiceError } from "../errors/index.ts";
import type { Json } from "../model/index.ts";

/** Bytes of JSON; larger things are artifacts. */
const MAX_OUTPUT = 1_048_576;
const MAX_DEPTH = 64;

/**
 * What a node returned, as the JSON that is recorded and passed on: so what a dependent sees now is what it would see
 * after a restart.
 *
 * @throws SluiceError `OUTPUT_INVALID` where JSON cannot hold it
 */
export function toOutput(value: unknown): Json | undefined {
  if (value === undefined) return undefined;
  if (value === null || typeof value === "boolean") return value;
  const json = convert(value, "output", 0);
  const size =
    typeof json === "string" ? json.length : typeof json === "number" ? 0 : JSON.stringify(json).length;
  if (size > MAX_OUTPUT) {
    throw new SluiceError(
      "OUTPUT_INVALID",
      `the output has ${size} bytes, more than the ${MAX_OUTPUT} that are kept`,
      {
        hint: "Write it to a file and declare it as an artifact.",
      },
    );
  }
  return json;
}

function convert(value: unknown, path: string, depth: number): Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (Number.isFinite(value)) return value;
    throw invalid(path, `${String(value)} is not a JSON number`);
  }
  if (typeof value !== "object") throw invalid(path, `a ${typeof value} is not JSON`);
  if (depth > MAX_DEPTH) throw invalid(path, "it is nested too deep, or holds itself");
  if (Array.isArray(value))
    return value.map((item, index) => convert(item ?? null, `${path}[${index}]`, depth + 1));
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") {
    return convert((value as { toJSON(): unknown }).toJSON(), path, depth + 1);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw invalid(path, `an object of class ${value.constructor.name} is not JSON`);
  }
  const json: Record<string, Json> = {};
  for (const [key, member] of Object.entries(value) as [string, unknown][]) {
    if (member !== undefined) json[key] = convert(member, `${path}.${key}`, depth + 1);
  }
  return json;
}

function invalid(path: string, message: string): SluiceError {
  return new SluiceError("OUTPUT_INVALID", `${path}: ${message}`, {
    hint: "Return plain data: text, numbers, lists, objects.",
  });
}
