import { refHandle, secretHandle } from "../../model/index.ts";
import { shown, type Check } from "./check.ts";
import type { PatchPart } from "./patch-rules.ts";

const SECRET =
  "is a secret, which may not stand there: give it by secrets, or name a Secret that the cluster has";

/** Where a part of a patch stands: for people, and for the rules, which know items of lists by their keys. */
interface Place {
  readonly at: string;
  readonly path: readonly string[];
}

/** Notes what is wrong with the patch of one object. */
export function checkPatch(check: Check, at: string, value: unknown, part: PatchPart): void {
  visit(check, { at, path: [] }, value, part);
}

function visit(check: Check, { at, path }: Place, value: unknown, part: PatchPart): void {
  const rules = part.rules.filter((rule) => path.every((name, index) => fits(rule.path[index], name)));
  const ruled = rules.find((rule) => rule.path.length === path.length);
  const key = keyOf(part, path);
  if (ruled !== undefined) check.add(`${at} ${ruled.why}`);
  else if (secretHandle(value) !== undefined) check.add(`${at} ${SECRET}`);
  else if (Array.isArray(value) && key !== undefined) visitItems(check, { at, path }, value, key, part);
  else if (key !== undefined && (value !== null || rules.length > 0))
    check.add(`${at} must be a list${removing(value)}, not ${shown(value)}`);
  else if (isFields(value)) {
    for (const [name, member] of Object.entries(value)) {
      const place = { at: `${at}${access(name)}`, path: [...path, name] };
      if (name.startsWith("$")) check.add(`${place.at} is a directive, and a patch has none: null removes`);
      else visit(check, place, member, part);
    }
  } else if (rules.length > 0) check.add(`${at} must be an object${removing(value)}, not ${shown(value)}`);
  else if (Array.isArray(value))
    for (const [index, item] of value.entries())
      visit(check, { at: `${at}[${index}]`, path: [...path, String(index)] }, item, part);
  else if (!isPlain(value)) check.add(`${at} must be plain data or a ref to a text, not ${shown(value)}`);
}

function visitItems(
  check: Check,
  { at, path }: Place,
  items: readonly unknown[],
  key: string,
  part: PatchPart,
): void {
  const wanted = key.toLowerCase().endsWith("port") ? "number" : "string";
  const seen = new Set<unknown>();
  for (const [index, item] of items.entries()) {
    const place = `${at}[${index}]`;
    const called = isFields(item) ? item[key] : undefined;
    if (typeof called !== wanted)
      check.add(`${place} must be an object with a ${key}, a ${wanted}: items are told apart by it`);
    else if (seen.has(called)) check.add(`${place}.${key} is that of an item before`);
    else visit(check, { at: place, path: [...path, String(called)] }, item, part);
    seen.add(called);
  }
}

/** The merge key of the list at `path`. */
function keyOf({ keys }: PatchPart, path: readonly string[]): string | undefined {
  const name = path.at(-1) ?? "";
  return Object.hasOwn(keys, name) ? keys[name] : undefined;
}

function fits(rule: string | RegExp | undefined, name: string): boolean {
  return rule instanceof RegExp ? rule.test(name) : rule === name;
}

function removing(value: unknown): string {
  return value === null ? ", because Sluice needs parts of it" : "";
}

function access(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function isPlain(value: unknown): boolean {
  if (value === null || refHandle(value) !== undefined) return true;
  return typeof value === "number" ? Number.isFinite(value) : ["string", "boolean"].includes(typeof value);
}

/** A map, and nothing that JSON would make another thing of. */
function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || refHandle(value) !== undefined) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
