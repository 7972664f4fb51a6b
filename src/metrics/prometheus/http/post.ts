import type { ClientRequest } from "node:http";
import { Routes } from "../../../util/http/routes.ts";

export interface Posted {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly form: URLSearchParams;
  readonly signal: AbortSignal;
}

export interface PostAnswer {
  readonly status: number;
  readonly text: string;
  /** Where it sends us instead. */
  readonly location: string | undefined;
}

/** Sends forms, straight or through the proxy that the environment names. Connections are kept and used again. */
export class Poster {
  readonly #routes = new Routes(process.env);

  /**
   * Rejects where no answer came. Node's `fetch` is not used: that of Node 20 knows no proxy. A redirection is given
   * back, not followed, because the headers may be secret.
   */
  async post(posted: Posted): Promise<PostAnswer> {
    try {
      return await this.#once(posted);
    } catch (error) {
      // A server may close a kept connection in the moment in which it is used again. Asking twice does no harm.
      if (!(error instanceof KeptConnectionLost) || posted.signal.aborted) throw error;
      return await this.#once(posted);
    }
  }

  async #once({ url, headers, form, signal }: Posted): Promise<PostAnswer> {
    const body = form.toString();
    const request = this.#request(url, signal, {
      accept: "application/json",
      ...headers,
      "content-type": "application/x-www-form-urlencoded",
      "content-length": String(Buffer.byteLength(body)),
    });
    return new Promise((resolve, reject) => {
      request.on("error", (error: NodeJS.ErrnoException) => {
        reject(request.reusedSocket && error.code === "ECONNRESET" ? new KeptConnectionLost() : error);
      });
      request.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, text: Buffer.concat(chunks).toString("utf8"), location: headers.location });
        });
      });
      request.end(body);
    });
  }

  #request(url: URL, signal: AbortSignal, headers: Readonly<Record<string, string>>): ClientRequest {
    const route = this.#routes.to(url);
    return route.request({
      method: "POST",
      signal,
      headers: { ...headers, ...route.headers },
      agent: route.agent,
    });
  }
}

class KeptConnectionLost extends Error {
  constructor() {
    super("the connection was closed");
  }
}
