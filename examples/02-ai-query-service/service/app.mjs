import { createServer } from "node:http";
import { HttpError, readJson, sendJson } from "./http.mjs";
import { createQuery, questionOf } from "./query.mjs";

/** @typedef {import("./index/build.mjs").Index} Index */

/**
 * @typedef {object} App
 * @property {import("node:http").Server} server
 * @property {(index: Index) => void} ready answers questions from now on
 * @property {() => Promise<void>} drain takes no more requests; resolves when those in flight are answered
 */

/** @typedef {{ [method: string]: (request: import("node:http").IncomingMessage) => unknown }} Methods */

/**
 * The service: `POST /query`, `GET /version`, and `GET /healthz`, which says 503 until there is an index.
 *
 * @param {{ log: import("./log.mjs").Log, faults: import("./faults.mjs").Faults }} parts
 * @returns {App}
 */
export function createApp({ log, faults }) {
  /** @type {{ index: Index, query: ReturnType<typeof createQuery> } | undefined} */
  let loaded;
  let draining = false;

  const current = () => {
    if (loaded === undefined) throw new HttpError(503, "the index is not loaded yet", { "retry-after": "1" });
    return loaded;
  };

  /** @type {Record<string, Methods>} */
  const routes = {
    "/healthz": {
      GET: () => ({ status: "ok", version: current().index.version }),
    },
    "/version": {
      GET: () => {
        const { version, documents } = current().index;
        return { version, documents: documents.length };
      },
    },
    "/query": {
      POST: async (request) => {
        const { query } = current();
        const question = questionOf(await readJson(request));
        const result = await query(question);
        log.debug("question", { question, sources: result.sources.map(({ id }) => id) });
        return result;
      },
    },
  };

  /** @type {import("node:http").RequestListener} */
  const handle = async (request, response) => {
    const started = performance.now();
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    const { status, body, headers } = await route(routes, path, request).then(
      (found) => ({ status: 200, body: found, headers: {} }),
      (error) => failure(error, log),
    );
    sendJson(response, status, body, draining ? { ...headers, connection: "close" } : headers);
    const ms = Math.round((performance.now() - started) * 100) / 100;
    log.info("request", { method: request.method, path, status, ms });
  };

  const server = createServer(handle);
  return {
    server,
    ready: (index) => {
      loaded = { index, query: createQuery(index, faults) };
    },
    drain: () => {
      draining = true;
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/**
 * @param {Record<string, Methods>} routes
 * @param {string} path
 * @param {import("node:http").IncomingMessage} request
 */
async function route(routes, path, request) {
  const methods = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (methods === undefined) throw new HttpError(404, "there is nothing here");
  const method = request.method ?? "GET";
  const action = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (action === undefined) {
    const allow = Object.keys(methods).join(", ");
    throw new HttpError(405, `use ${allow}`, { allow });
  }
  return action(request);
}

/**
 * What a client is told of an error; only the log gets to know an unexpected one.
 *
 * @param {unknown} error
 * @param {import("./log.mjs").Log} log
 */
function failure(error, log) {
  if (error instanceof HttpError) {
    return { status: error.status, body: { error: error.message }, headers: error.headers };
  }
  log.info("error", { message: error instanceof Error ? error.message : String(error) });
  return { status: 500, body: { error: "internal error" }, headers: {} };
}
