import { refHandle, secretHandle, type Input, type Json, type Secret } from "../model/index.ts";
import type { ResolvedSecret } from "../ports/index.ts";
import type { Question } from "./metric.ts";
import { shorten, show, type Problems } from "./problems.ts";
import { AskError, isTransient, parseRetryAfter } from "./retry.ts";
import { fillJson, fillText, placeholdersOf } from "./template.ts";

/** Asks a service over HTTP: one request a question. */
export interface HttpAsk {
  /** Where the service answers, for example the `url` of a release. */
  readonly url: Input<string>;
  /** Added to the url; `{{field}}` is the line's field of that name, encoded: `"/search?q={{question}}"`. @defaultValue none */
  readonly path?: string;
  /** @defaultValue `"POST"` */
  readonly method?: "GET" | "POST" | "PUT";
  readonly headers?: Readonly<Record<string, Input<string> | Secret>>;
  /**
   * Sent as JSON, with `{{field}}` filled in; a text that is one placeholder alone becomes the field's JSON value.
   * @defaultValue `{ question: "{{question}}" }`; none for GET
   */
  readonly body?: Json;
}

/** {@link HttpAsk} with defaults filled in; refs and secrets may still stand in it. */
export interface HttpSpec {
  readonly url: Input<string>;
  readonly path: string;
  readonly method: "GET" | "POST" | "PUT";
  readonly headers: Readonly<Record<string, Input<string> | Secret>>;
  readonly body: Json;
}

/** {@link HttpSpec} as the engine gives it when judging. */
export interface ResolvedHttp {
  readonly url: unknown;
  readonly path: string;
  readonly method: "GET" | "POST" | "PUT";
  readonly headers: Readonly<Record<string, string | ResolvedSecret>>;
  readonly body: Json;
}

const METHODS = ["GET", "POST", "PUT"];

export function resolveHttp(ask: HttpAsk, problems: Problems): HttpSpec {
  problems.keys(ask, ["url", "path", "method", "headers", "body"], "ask");
  const { url, path = "", method = "POST", headers = {} } = ask;
  const isGet = method === "GET";
  const body = ask.body ?? (isGet ? null : { question: "{{question}}" });
  if (refHandle(url) === undefined && !isHttpUrl(url)) {
    problems.add(
      `ask.url must be an http or https address or a ref to one, got ${show(url)}`,
      `For example ask: { url: staging.url, path: "/query" }.`,
    );
  }
  if (typeof (path as unknown) !== "string")
    problems.add(`ask.path must be a text, got ${show(path)}`, "Correct it or leave it out.");
  if (!METHODS.includes(method))
    problems.add(
      `ask.method must be one of ${METHODS.join(", ")}, got ${show(method)}`,
      "Correct it or leave it out.",
    );
  if (isGet && ask.body !== undefined)
    problems.add(
      "a GET request has no body",
      `Put the question into the path: path: "/search?q={{question}}".`,
    );
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string" || refHandle(value) !== undefined || secretHandle(value) !== undefined)
      continue;
    problems.add(
      `ask.headers.${name} must be a text, a ref or a secret, got ${show(value)}`,
      "Correct it or leave it out.",
    );
  }
  if (
    typeof (path as unknown) === "string" &&
    [...placeholdersOf(path), ...placeholdersOf(body)].length === 0
  ) {
    problems.add(
      "every question would be the same request: neither ask.path nor ask.body has a placeholder",
      "Write {{question}} where the question goes.",
    );
  }
  return { url, path, method, headers, body };
}

/** The dataset's fields that the request is made of. */
export function fieldsOf(spec: Pick<HttpSpec, "path" | "body">): readonly string[] {
  return [...new Set([...placeholdersOf(spec.path), ...placeholdersOf(spec.body)])];
}

/**
 * Sends one question. The answer is the JSON of the response, or its text where that is no JSON.
 * Rejects with {@link AskError}.
 */
export async function askHttp(spec: ResolvedHttp, question: Question, signal: AbortSignal): Promise<unknown> {
  const init: RequestInit = {
    method: spec.method,
    signal,
    headers: headersOf(spec),
    ...(spec.method === "GET" ? {} : { body: JSON.stringify(fillJson(spec.body, question.fields)) }),
  };
  let response: Response;
  let text: string;
  try {
    response = await fetch(addressOf(spec, question), init);
    text = await response.text();
  } catch (cause) {
    signal.throwIfAborted();
    throw new AskError(`no connection: ${reasonOf(cause)}`, { retryable: true, cause });
  }
  if (!response.ok) {
    const said = shorten(text, 120);
    throw new AskError(`HTTP ${response.status}${said === "" ? "" : ` ${said}`}`, {
      retryable: isTransient(response.status),
      retryAfter: parseRetryAfter(response.headers.get("retry-after"), Date.now()),
    });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The base address with the path put behind its own. */
export function addressOf(spec: Pick<ResolvedHttp, "url" | "path">, question: Question): URL {
  const address = new URL(String(spec.url));
  if (spec.path === "") return address;
  const filled = fillText(spec.path, question.fields, encodeURIComponent);
  const [path = "", ...query] = filled.split("?");
  if (path !== "") address.pathname = `${address.pathname.replace(/\/$/, "")}/${path.replace(/^\//, "")}`;
  if (query.length > 0) address.search = query.join("?");
  return address;
}

export function isHttpUrl(url: unknown): url is string {
  if (typeof url !== "string" || !URL.canParse(url)) return false;
  return ["http:", "https:"].includes(new URL(url).protocol);
}

function headersOf(spec: ResolvedHttp): Record<string, string> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (spec.method !== "GET") headers["content-type"] = "application/json";
  for (const [name, value] of Object.entries(spec.headers)) {
    headers[name.toLowerCase()] = typeof value === "string" ? value : value.reveal();
  }
  return headers;
}

/** `fetch` hides the system's reason one or two causes deep. */
function reasonOf(error: unknown): string {
  let deepest: unknown = error;
  while (deepest instanceof Error && deepest.cause !== undefined) deepest = deepest.cause;
  if (!(deepest instanceof Error)) return String(deepest);
  const code = "code" in deepest && typeof deepest.code === "string" ? deepest.code : "";
  return deepest.message === "" ? code : deepest.message;
}
