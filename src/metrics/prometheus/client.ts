import { codeOf, isSluiceError, messageOf, networkReason, SluiceError } from "../../errors/index.ts";
import { formatDuration } from "../../util/duration.ts";
import { AnswerFault, readAnswer, saidIn, type Series } from "./answer.ts";
import { Headers, type SentHeaders } from "./headers.ts";
import { Poster, type PostAnswer } from "./http/post.ts";
import type { ResolvedOptions } from "./options.ts";

export interface Asking {
  /** The moment that the query is evaluated at: milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds after which a sample counts no longer as the series' value. @defaultValue the server's */
  readonly lookback?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Asks one Prometheus. */
export class PrometheusClient {
  readonly #options: ResolvedOptions;
  readonly #headers: Headers;
  readonly #poster = new Poster();

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#headers = new Headers(options.headers);
  }

  /** For plans and messages. */
  get url(): string {
    return this.#options.url;
  }

  /** The names of the headers that are sent; their values may be secret. */
  get headerNames(): readonly string[] {
    return Object.keys(this.#options.headers);
  }

  /**
   * Evaluates a query at one moment.
   *
   * @throws SluiceError `METRICS_UNAVAILABLE`, with what the server said and the query; the signal's reason
   */
  async ask(promql: string, { at, lookback, signal }: Asking): Promise<readonly Series[]> {
    const { timeout } = this.#options;
    const form = new URLSearchParams({
      query: promql,
      time: (at / 1_000).toFixed(3),
      timeout: `${String(timeout)}ms`,
      // Thanos answers in part otherwise, and says so only in a warning. Others do not know it.
      partial_response: "false",
    });
    if (lookback !== undefined) form.set("lookback_delta", `${String(Math.round(lookback))}ms`);
    const late = AbortSignal.timeout(timeout);
    const either = signal === undefined ? late : AbortSignal.any([signal, late]);
    try {
      return read(await this.#send(form, either));
    } catch (error) {
      signal?.throwIfAborted();
      const why = late.aborted ? `no answer within ${formatDuration(timeout)}` : reasonOf(error);
      throw this.#unavailable(promql, await this.#clean(why), error);
    }
  }

  async #send(form: URLSearchParams, signal: AbortSignal): Promise<PostAnswer> {
    const url = new URL(`${this.#options.url}/api/v1/query`);
    const sent = await this.#headers.get();
    const answer = await this.#poster.post({ url, headers: sent.headers, form, signal });
    if (answer.status !== 401 || sent.secrets.length === 0) return answer;
    const renewed = await this.#headers.get(true);
    if (isSame(sent, renewed)) return answer;
    return this.#poster.post({ url, headers: renewed.headers, form, signal });
  }

  /** Text without the secrets that a server may send back. */
  async #clean(text: string): Promise<string> {
    const { secrets } = await this.#headers.get().catch(() => ({ secrets: [] }));
    const hidden = secrets.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
    return shorten(hidden, 400);
  }

  #unavailable(promql: string, why: string, cause: unknown): SluiceError {
    const hint = cause instanceof Refused || isSluiceError(cause) ? cause.hint : undefined;
    return new SluiceError(
      "METRICS_UNAVAILABLE",
      `Prometheus at ${this.#options.url}: ${why}; the query: ${shorten(promql, 400)}`,
      { hint: hint ?? "Try the query in its own page at /graph, and look at the address.", cause },
    );
  }
}

/** A status that is no success. */
class Refused extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

function read({ status, text, location }: PostAnswer): readonly Series[] {
  const body = parse(text);
  if (status >= 200 && status < 300) return readAnswer(body);
  const code = `status ${String(status)}`;
  if (status >= 300 && status < 400) {
    const where = location === undefined ? "" : ` to ${location.split("?", 1)[0] ?? ""}`;
    throw new Refused(
      `${code}: it sends us on${where}`,
      "Give the address that it sends to, or what it wants to know.",
    );
  }
  if (status === 401 || status === 403) {
    throw new Refused(
      `${code}: it does not let us in`,
      "Check token and headers, and what they are allowed.",
    );
  }
  const said = saidIn(body) ?? shorten(text, 200);
  throw new Refused(said === "" ? code : `${code}: ${said}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isSame(one: SentHeaders, other: SentHeaders): boolean {
  return one.secrets.every((secret, index) => secret === other.secrets[index]);
}

function shorten(text: string, most: number): string {
  const line = text.replace(/[\x00-\x1f\x7f-\x9f\s]+/g, " ").trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

function reasonOf(error: unknown): string {
  if (error instanceof AnswerFault || error instanceof Refused) return error.message;
  return networkReason(codeOf(error)) ?? messageOf(error);
}
