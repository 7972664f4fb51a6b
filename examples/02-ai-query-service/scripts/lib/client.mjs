/** @typedef {import("../../service/query.mjs").QueryResult} QueryResult */

/**
 * @typedef {object} AskOptions
 * @property {"stable" | "candidate"} [side] of a release, where a weighted proxy stands in front
 * @property {AbortSignal} [signal]
 * @property {number} [timeout] ms
 */

/** The service answered with something other than 200. */
export class AnswerError extends Error {
  /**
   * @param {number} status
   * @param {string} url
   */
  constructor(status, url) {
    super(`${url} answered ${status}`);
    this.status = status;
  }
}

/**
 * Asks one question.
 *
 * @param {string} url of the service
 * @param {string} question
 * @param {AskOptions} [options]
 * @returns {Promise<QueryResult>}
 */
export async function ask(url, question, { side, signal, timeout = 5_000 } = {}) {
  const result = await requestJson(new URL("/query", url), {
    method: "POST",
    headers: { "content-type": "application/json", ...(side === undefined ? {} : { "x-sluice-side": side }) },
    body: JSON.stringify({ question }),
    signal: withTimeout(signal, timeout),
  });
  if (!Array.isArray(result?.sources)) throw new Error(`${url} is not the query service: no sources`);
  return result;
}

/**
 * @param {string} url of the service
 * @returns {Promise<{ version: string, documents: number }>}
 */
export async function version(url) {
  return requestJson(new URL("/version", url), { signal: withTimeout(undefined, 5_000) });
}

/**
 * @param {URL} url
 * @param {RequestInit} init
 * @returns {Promise<any>}
 */
async function requestJson(url, init) {
  const response = await fetch(url, { ...init, redirect: "error" });
  if (!response.ok) {
    // An unread body would keep the connection from being used again.
    await response.arrayBuffer();
    throw new AnswerError(response.status, url.href);
  }
  return response.json();
}

/**
 * @param {AbortSignal | undefined} signal
 * @param {number} ms
 */
function withTimeout(signal, ms) {
  const timeout = AbortSignal.timeout(ms);
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
}
