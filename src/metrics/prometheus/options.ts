import { secretHandle } from "../../model/index.ts";
import type { SecretSource } from "../../ports/index.ts";
import { Problems } from "./problems.ts";
import type { PrometheusOptions } from "./types.ts";

/** {@link PrometheusOptions}, checked. */
export interface ResolvedOptions {
  /** Without a slash at its end. */
  readonly url: string;
  /** By name in small letters. */
  readonly headers: Readonly<Record<string, HeaderValue>>;
  /** Milliseconds. */
  readonly timeout: number;
}

/** A header's value: as it is, or what stands before a secret and where that is. */
export type HeaderValue = string | { readonly before: string; readonly source: SecretSource };

/** What carries a secret by its nature, so that its value has no place in a definition. */
const SECRET_HEADERS = ["authorization", "proxy-authorization", "cookie", "x-api-key"];

/** @throws SluiceError `DEFINITION_INVALID`, whose message repeats nothing that may be a secret */
export function resolveOptions(options: PrometheusOptions): ResolvedOptions {
  const problems = new Problems("prometheus()");
  problems.keys(options, ["url", "token", "headers", "timeout"]);
  const url = checkUrl(options.url, problems);
  const headers = checkHeaders(options, problems);
  const timeout = problems.duration("timeout", options.timeout ?? "8s");
  problems.throwIfAny();
  return { url, headers, timeout };
}

function checkUrl(given: unknown, problems: Problems): string {
  const url = typeof given === "string" && URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    problems.add("url is no http or https address", "Write it like https://prometheus.example.com.");
    return "";
  }
  if (url.username !== "" || url.password !== "") {
    problems.add("url holds a name or a password", 'Give them by headers: { authorization: env("...") }.');
  }
  if (url.search !== "" || url.hash !== "") {
    problems.add("url holds a ? or a #", "Give what comes before /api/v1/query.");
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

function checkHeaders(
  { token, headers = {} }: PrometheusOptions,
  problems: Problems,
): ResolvedOptions["headers"] {
  const found: Record<string, HeaderValue> = {};
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) {
      problems.add(`no header can be called ${JSON.stringify(given)}`, "Correct its name.");
    } else if (typeof value === "string") {
      if (SECRET_HEADERS.includes(name)) {
        problems.add(`the header ${name} holds a secret in clear text`, placeHint(name));
      } else if (/[\x00-\x08\x0a-\x1f\x7f]/.test(value)) {
        problems.add(`the header ${name} holds a character that no header can have`, "Correct its value.");
      }
      found[name] = value;
    } else if (isSource(value, `the header ${name}`, problems)) {
      found[name] = { before: "", source: value };
    }
  }
  if (token === undefined) return found;
  if (found["authorization"] !== undefined) {
    problems.add("token and the header authorization are both given", "Leave one of them out.");
  }
  if (isSource(token, "token", problems)) found["authorization"] = { before: "Bearer ", source: token };
  return found;
}

function isSource(value: unknown, what: string, problems: Problems): value is SecretSource {
  if (
    typeof value === "object" &&
    value !== null &&
    "resolve" in value &&
    typeof value.resolve === "function"
  ) {
    return true;
  }
  const problem =
    secretHandle(value) === undefined
      ? "is not the place of a secret"
      : "is one of the pipeline's secrets, which a metric is not given";
  problems.add(`${what} ${problem}`, placeHint(what.split(" ").at(-1) ?? ""));
  return false;
}

function placeHint(name: string): string {
  return `Give its place, for example env("PROMETHEUS_${name.replaceAll("-", "_").toUpperCase()}").`;
}
