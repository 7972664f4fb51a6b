import type { Answer } from "./http/exchange.ts";
import { discard } from "./http/http.ts";

/** What a server said when it did not do what it was asked. */
export interface Refusal {
  readonly status: number;
  /** Vercel's, for example `remote_caching_disabled`. */
  readonly code: string | undefined;
  /** In words, with what the server said itself. */
  readonly text: string;
}

const WORDS: Readonly<Record<number, string>> = {
  400: "it does not understand the request; most servers need a teamId or a slug",
  401: "it does not know the token",
  402: "the account is blocked until it is paid for",
  403: "the token may not do this",
  404: "there is no such address",
  412: "it could not keep what was sent",
  413: "what was sent is larger than it takes",
  429: "it is asked too often",
};

const STATES: Readonly<Record<string, string>> = {
  disabled: "remote caching is switched off there",
  over_limit: "its limit is used up",
  paused: "remote caching is paused there",
};

/** Why a cache that says so is not to be used; `undefined` where it says nothing of the kind. */
export function stateOf(word: unknown): string | undefined {
  return typeof word === "string" ? STATES[word] : undefined;
}

/** Reads an answer that is no success. What it repeats of `secrets` is taken out. */
export async function refusalOf(answer: Answer, secrets: readonly string[]): Promise<Refusal> {
  const body = parse(await discard(answer));
  const { status } = answer;
  const code = textAt(body, "error", "code") ?? textAt(body, "code");
  const said = textAt(body, "error", "message") ?? textAt(body, "message");
  const state = stateOf(code?.replace(/^remote_caching_/, ""));
  const word = state ?? WORDS[status];
  const parts = [
    `status ${String(status)}`,
    word,
    said === undefined ? undefined : `it says "${clean(said, secrets)}"`,
  ];
  return { status, code, text: parts.filter((part) => part !== undefined).join(", ") };
}

function clean(text: string, secrets: readonly string[]): string {
  const hidden = secrets.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
  return hidden
    .replace(/[\x00-\x1f\x7f-\x9f\s]+/g, " ")
    .trim()
    .slice(0, 200);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  let at: unknown = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return typeof at === "string" && at !== "" ? at : undefined;
}
