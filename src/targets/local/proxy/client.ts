import { request } from "node:http";
import { json } from "node:stream/consumers";
import { ERROR_CODES, SluiceError, type ErrorCode } from "../../../errors/index.ts";
import type { CountSnapshot } from "../../../ports/index.ts";
import type { ConfigUpdate, ProxyRefusal, ProxyView } from "./protocol.ts";

/** Milliseconds that a proxy has for an answer; what it does for one takes a fraction of that. */
const PATIENCE = 10_000;

/** Speaks to a running proxy. Rejects with a system error where it cannot be reached, with a SluiceError where it refuses. */
export class ProxyClient {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** What runs now; with `seen`, as soon as it is another version than that, at the latest after `wait` ms. */
  state(seen?: number, wait = 0, patience = PATIENCE): Promise<ProxyView> {
    const query = seen === undefined ? "" : `?seen=${seen}&wait=${wait}`;
    return this.#ask<ProxyView>("GET", `/state${query}`, undefined, wait + patience);
  }

  configure(update: ConfigUpdate): Promise<ProxyView> {
    return this.#ask<ProxyView>("PUT", "/config", update);
  }

  counts(): Promise<CountSnapshot> {
    return this.#ask<CountSnapshot>("GET", "/counts");
  }

  /** Has it end all processes and itself. */
  async end(): Promise<void> {
    await this.#ask<object>("POST", "/end", {});
  }

  #ask<T>(method: string, path: string, body?: object, timeout = PATIENCE): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const signal = AbortSignal.timeout(timeout);
      const asked = request({ socketPath: this.#socket, method, path, agent: false, signal }, (answer) => {
        json(answer).then((value) => {
          if (answer.statusCode === 200) resolve(value as T);
          else reject(refused(value as ProxyRefusal));
        }, reject);
      });
      asked.once("error", reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

function refused({ code, message, hint }: ProxyRefusal): SluiceError {
  return new SluiceError(Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : "INTERNAL", message, {
    hint,
  });
}
