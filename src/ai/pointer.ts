import { show } from "./problems.ts";

/** Why a pointer is none, or `undefined` where it is fine. */
export function pointerProblem(pointer: unknown, name: string): string | undefined {
  if (typeof pointer !== "string") return `${name} must be a JSON pointer, got ${show(pointer)}`;
  if (pointer === "" || pointer.startsWith("/")) return undefined;
  return `${name} must be a JSON pointer such as "/sources/*/id", got ${show(pointer)}`;
}

/**
 * What a JSON pointer (RFC 6901) points at. `*` stands for every element of a list, so that `/sources/*` and `id` below it give
 * the list of ids in order. Throws where there is nothing, and says how far it came.
 */
export function pick(value: unknown, pointer: string): unknown {
  return walk(value, pointer === "" ? [] : pointer.slice(1).split("/"), "");
}

function walk(value: unknown, keys: readonly string[], at: string): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  const here = at === "" ? "the answer" : at;
  if (key === "*") {
    if (!Array.isArray(value)) throw new Error(`${here} is no list, but ${kindOf(value)}`);
    return value.flatMap((item: unknown, index) => walk(item, rest, `${at}/${index}`));
  }
  const name = key.replaceAll("~1", "/").replaceAll("~0", "~");
  if (typeof value !== "object" || value === null)
    throw new Error(`${here} has no "${name}": it is ${kindOf(value)}`);
  if (!Object.hasOwn(value, name)) throw new Error(`${here} has no "${name}"`);
  return walk((value as Record<string, unknown>)[name], rest, `${at}/${key}`);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "string" ? `the text ${show(value)}` : `a value of type ${typeof value}`;
}
