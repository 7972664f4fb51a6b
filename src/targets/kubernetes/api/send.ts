import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterConnection, ClusterCredentials } from "../../../ports/index.ts";
import { abortable } from "./abortable.ts";
import type { ApiFault } from "./api-fault.ts";
import { ConnectionFault } from "./http/connection-fault.ts";
import type { Connections } from "./http/connections.ts";
import { exchange, textOf, type Answer } from "./http/exchange.ts";
import { refusal, unreachable, type AskedFor } from "./refusal.ts";
import { headersOf, warningsOf, type ApiReply, type ApiRequest } from "./request.ts";
import { backoff, mayRepeat, mayRepeatAfter, retryAfter } from "./retry.ts";
import { statusOf } from "./status.ts";

/** Milliseconds for an answer to begin. A write may have to wait for webhooks, which have up to 30 s. */
const READ_PATIENCE = 15_000;
const WRITE_PATIENCE = 40_000;
/** Milliseconds after which an attempt that failed is told of, however short the pause after it. */
const SLOW = 3_000;

export interface SenderSetup {
  readonly connection: ClusterConnection;
  readonly connections: Connections;
  readonly cluster: string;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Milliseconds within which a request may be sent again. */
  readonly deadline: number;
  readonly log: (text: string) => void;
}

interface Failure {
  readonly fault: ApiFault;
  readonly again: boolean;
  /** The server may have done what was asked. */
  readonly doubtful: boolean;
}

/** Sends requests with the credentials of the moment, and again where that may help and does no harm. */
export class Sender {
  requests = 0;
  readonly #setup: SenderSetup;
  #known = false;
  /** What was told last of why it takes long, and how often that has been so since. */
  #trouble: { readonly message: string; times: number } | undefined;
  readonly #warned = new Set<string>();

  constructor(setup: SenderSetup) {
    this.#setup = setup;
  }

  /** The API server's address, without a path. */
  get server(): string {
    return this.#setup.connections.server.origin;
  }

  /** @throws ApiFault, or the signal's reason */
  async send(request: ApiRequest): Promise<ApiReply> {
    return await this.#repeat(request, false, async (answer, doubtful) => {
      const text = await textOf(answer, READ_PATIENCE);
      return { status: answer.status, text, doubtful };
    });
  }

  /** An answer that goes on: a watch. @throws ApiFault, or the signal's reason */
  async open(request: ApiRequest): Promise<Answer> {
    return await this.#repeat(request, true, (answer) => Promise.resolve(answer));
  }

  async #repeat<T>(
    request: ApiRequest,
    long: boolean,
    take: (answer: Answer, doubtful: boolean) => Promise<T>,
  ): Promise<T> {
    const { deadline } = this.#setup;
    const signal = this.#signal(request);
    const since = performance.now();
    let refused: ClusterCredentials | undefined;
    let doubtful = false;
    for (let attempt = 1; ; attempt++) {
      const begun = performance.now();
      const credentials = await this.#credentials(refused, signal);
      let failure: Failure;
      try {
        const outcome = await this.#once(request, credentials, long);
        if ("status" in outcome) return await take(outcome, doubtful);
        failure = outcome;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ConnectionFault)) throw error;
        const again = mayRepeat(error, request.again, this.#known);
        failure = { fault: unreachable(error, this.#askedFor(request)), again, doubtful: error.sent };
      }
      const { fault } = failure;
      doubtful ||= failure.doubtful;
      if (fault.status === 401 && refused === undefined && credentials !== undefined) {
        refused = credentials;
        continue;
      }
      const now = performance.now();
      const pause = Math.max(fault.retryAfter ?? 0, backoff(attempt + 1));
      if (!failure.again || now - since + pause > deadline) throw fault;
      this.#tell(fault, pause, now - begun);
      await pauseFor(pause, signal);
    }
  }

  async #once(
    request: ApiRequest,
    credentials: ClusterCredentials | undefined,
    long: boolean,
  ): Promise<Answer | Failure> {
    const { connection, connections, now } = this.#setup;
    const { method, path, body, expected = [] } = request;
    const signal = this.#signal(request);
    signal.throwIfAborted();
    this.requests++;
    const answer = await exchange(
      {
        method,
        path,
        headers: headersOf(request, connection, credentials),
        certificate: credentials?.certificate,
        body: body === undefined ? undefined : JSON.stringify(body),
        patience: method === "GET" ? READ_PATIENCE : WRITE_PATIENCE,
        long,
        signal,
      },
      connections,
    );
    this.#known = true;
    this.#warn(answer);
    const { status, headers } = answer;
    if ((status >= 200 && status < 300) || expected.includes(status)) {
      this.#recover();
      return answer;
    }
    const said = statusOf(status, await textOf(answer, READ_PATIENCE), retryAfter(headers, now()));
    const fault = refusal(said, this.#askedFor(request));
    return { fault, again: mayRepeatAfter(said, request.again), doubtful: status >= 500 };
  }

  /** After a refusal somebody else may have got new credentials already. */
  async #credentials(
    refused: ClusterCredentials | undefined,
    signal: AbortSignal,
  ): Promise<ClusterCredentials | undefined> {
    const { connection } = this.#setup;
    signal.throwIfAborted();
    if (connection.credentials === undefined) return undefined;
    const held = await abortable(connection.credentials(), signal);
    if (refused === undefined || !isSame(held, refused)) return held;
    return await abortable(connection.credentials({ fresh: true }), signal);
  }

  /** Requests that wait for the same thing say so once. */
  #tell({ status, message }: ApiFault, pause: number, took: number): void {
    const { deadline, log } = this.#setup;
    const away = status === 0;
    if (!away && pause < 1_000 && took < SLOW) return;
    if (this.#trouble?.message === message) {
      this.#trouble.times++;
      return;
    }
    this.#trouble = { message, times: 1 };
    log(
      `${message}; trying again ${away ? `for ${deadline / 1_000}` : `in ${(pause / 1_000).toFixed(1)}`} s`,
    );
  }

  #recover(): void {
    const { times = 0 } = this.#trouble ?? {};
    this.#trouble = undefined;
    const { cluster, log } = this.#setup;
    if (times > 1) log(`the API server of ${cluster} answers again, after ${times} attempts that failed`);
  }

  #signal({ signal = this.#setup.signal }: ApiRequest): AbortSignal {
    return signal;
  }

  #askedFor({ what, method }: ApiRequest): AskedFor {
    return { cluster: this.#setup.cluster, server: this.server, what, writes: method !== "GET" };
  }

  #warn({ headers }: Answer): void {
    for (const text of warningsOf(headers.warning)) {
      if (this.#warned.has(text)) continue;
      this.#warned.add(text);
      this.#setup.log(`the API server warns: ${text}`);
    }
  }
}

function isSame(one: ClusterCredentials, other: ClusterCredentials): boolean {
  return one.token === other.token && one.certificate?.cert === other.certificate?.cert;
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
