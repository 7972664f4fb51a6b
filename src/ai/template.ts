import type { Json, JsonObject } from "../model/index.ts";

const PLACEHOLDER = /\{\{\s*([\w.-]+)\s*\}\}/g;
const WHOLE = /^\{\{\s*([\w.-]+)\s*\}\}$/;

/** The fields that a template asks for. */
export function placeholdersOf(template: Json): readonly string[] {
  if (typeof template === "string") return [...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? "");
  if (typeof template !== "object" || template === null) return [];
  return (Object.values(template) as readonly Json[]).flatMap(placeholdersOf);
}

/** A template with `{{field}}` filled in. A text that is one placeholder alone becomes the field's own JSON value. */
export function fillJson(template: Json, fields: JsonObject): Json {
  if (typeof template === "string") {
    const whole = WHOLE.exec(template)?.[1];
    return whole === undefined ? fillText(template, fields) : (fields[whole] ?? null);
  }
  if (Array.isArray(template)) return (template as readonly Json[]).map((one) => fillJson(one, fields));
  if (typeof template !== "object" || template === null) return template;
  return Object.fromEntries(
    Object.entries(template as JsonObject).map(([key, one]) => [key, fillJson(one, fields)]),
  );
}

/** A text with `{{field}}` filled in, each value passed through `encode`. */
export function fillText(
  template: string,
  fields: JsonObject,
  encode: (text: string) => string = String,
): string {
  return template.replace(PLACEHOLDER, (_whole, name: string) => {
    const value = fields[name] ?? null;
    return encode(typeof value === "string" ? value : JSON.stringify(value));
  });
}
