import { expressionText } from "../model/condition-text.ts";
import type { Expression, Json, JsonObject } from "../model/index.ts";

/** Whether a member of a Plan is an object, not a list. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The placeholder for a ref or secret, `${package/image.digest}` or `${secret:token}`, or `undefined` for plain data. */
export function placeholder(value: Json): string | undefined {
  if (!isObject(value)) return undefined;
  if (typeof value["$secret"] === "string") return `\${secret:${value["$secret"]}}`;
  if (isExpression(value)) return `\${${expressionText(value)}}`;
  if (typeof value["$function"] === "string") return `${value["$function"]}()`;
  return undefined;
}

function isExpression(value: JsonObject): value is JsonObject & Expression {
  const list = value["$all"];
  if (list !== undefined)
    return Array.isArray(list) && list.every((one: Json) => isObject(one) && isExpression(one));
  const node = value["$ref"] ?? value["$artifact"];
  return typeof node === "string" && Array.isArray(value["path"]) && ("$ref" in value || "name" in value);
}

/**
 * The command of a shell job as a person would type it: literals as they are, quoted values quoted, what is not known
 * yet as a placeholder. `undefined` where `spec` is not a shell job's.
 */
export function commandText(spec: Json): string | undefined {
  if (!isObject(spec) || !Array.isArray(spec["command"])) return undefined;
  const parts = spec["command"] as readonly Json[];
  return parts.map((part) => (typeof part === "string" ? part : valueText(part))).join("");
}

function valueText(part: Json): string {
  if (!isObject(part) || !("value" in part)) return brief(part);
  const value = part["value"] ?? null;
  const items = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return items.map((item) => itemText(item, part["quote"])).join(" ");
}

/** `quote` is how the literal text around the value is quoted: `bare`, `double` or `single`. */
function itemText(item: Json, quote: Json | undefined): string {
  const dynamic = placeholder(item);
  if (dynamic !== undefined) return dynamic;
  const text = typeof item === "string" ? item : JSON.stringify(item);
  if (quote === "double") return text.replace(/[\\"$`]/g, "\\$&");
  const single = text.replaceAll("'", `'\\''`);
  return quote === "single" || BARE.test(text) ? single : `'${single}'`;
}

const BARE = /^[\p{L}\p{N}_./:@%+=,-]+$/u;

/** Data on one line, for people: `{ lines: 0.85, dataset: evals/a.jsonl }`, with placeholders. */
export function brief(value: Json): string {
  const dynamic = placeholder(value);
  if (dynamic !== undefined) return dynamic;
  if (typeof value === "string") return BARE.test(value) ? value : JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(brief).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => !isEmpty(member));
  return members.length === 0
    ? "{}"
    : `{ ${members.map(([key, member]) => `${key}: ${brief(member)}`).join(", ")} }`;
}

/** Whether it says nothing: null, an empty text, list or object. */
export function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
