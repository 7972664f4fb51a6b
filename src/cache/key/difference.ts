import type { Json } from "../../model/index.ts";
import { canonicalJson } from "../../util/canonical-json.ts";
import type { Facts } from "./facts.ts";

/** Differences that are named before the rest is only counted. */
const NAMED = 3;
/** Characters of a value that is quoted. */
const LONGEST = 40;

/** What of a job is not as it was the last time, in words; empty where nothing is. */
export function differences(before: Facts, now: Facts): readonly string[] {
  return [
    ...changed("platform was", before.platform, now.platform),
    ...(before.uses === now.uses ? [] : [`it was run by ${before.uses}`]),
    ...specDifferences(before.spec, now.spec),
    ...(same(before.artifacts, now.artifacts) ? [] : ["its artifacts are declared otherwise"]),
    ...byKey(before.env, now.env, envDifference),
    ...byKey(before.tools, now.tools, toolDifference),
    ...upstreamDifferences(before.upstream, now.upstream),
    ...byKey(before.files, now.files, fileDifference),
  ];
}

/** The first of them, and how many more there are. */
export function inWords(found: readonly string[]): string {
  const named = found.slice(0, NAMED).join(", ");
  const more = found.length - NAMED;
  return more > 0 ? `${named}, and ${more} more` : named;
}

function changed(words: string, before: string, now: string): readonly string[] {
  return before === now ? [] : [`${words} ${before}`];
}

function specDifferences(before: Json, now: Json): readonly string[] {
  if (!isObject(before) || !isObject(now)) return same(before, now) ? [] : ["what it runs differs"];
  return byKey(before, now, (name) =>
    name === "command" ? "the command differs" : `\`${name}\` of what it runs differs`,
  );
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type InWords<T> = (name: string, before: T | undefined, now: T | undefined) => string;

function byKey<T>(
  before: Readonly<Record<string, T>>,
  now: Readonly<Record<string, T>>,
  text: InWords<T>,
): readonly string[] {
  const names = [...new Set([...Object.keys(now), ...Object.keys(before)])].sort();
  return names.flatMap((name) => {
    const [old, current] = [valueOf(before, name), valueOf(now, name)];
    return old === current || same(old, current) ? [] : [text(name, old, current)];
  });
}

function valueOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function envDifference(name: string, before: string | undefined, now: string | undefined): string {
  if (before === undefined) return `env ${name} counts now`;
  if (now === undefined) return `env ${name} counts no more`;
  if (before === "") return `env ${name} was not set`;
  return before.startsWith("=") ? `env ${name} was ${quoted(before.slice(1))}` : `env ${name} differs`;
}

function toolDifference(command: string, before: string | undefined, now: string | undefined): string {
  if (before === undefined) return `tool ${command} counts now`;
  if (now === undefined) return `tool ${command} counts no more`;
  return before.includes("\n") ? `tool ${command} differs` : `tool ${command} was ${quoted(before)}`;
}

function fileDifference(path: string, before: string | undefined, now: string | undefined): string {
  if (before === undefined) return `${path} is new`;
  if (now === undefined) return `${path} is gone`;
  return before.slice(2) === now.slice(2) ? `${path} has another mode` : `${path} differs`;
}

/** By name: a digest says nothing to people. */
function upstreamDifferences(before: readonly string[], now: readonly string[]): readonly string[] {
  const nameOf = (line: string): string => line.slice(0, line.lastIndexOf(" "));
  const other = [
    ...now.filter((line) => !before.includes(line)),
    ...before.filter((line) => !now.includes(line)),
  ];
  return [...new Set(other.map(nameOf))].map((name) => `artifact ${name} differs`);
}

function quoted(value: string): string {
  if (value === "") return "empty";
  return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
}

function same(before: unknown, now: unknown): boolean {
  return canonicalJson([before]) === canonicalJson([now]);
}
