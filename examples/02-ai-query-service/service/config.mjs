/** Faults that show only while the service runs, for trying out releases that go wrong. */
export const FAULTS = /** @type {const} */ (["none", "latency", "errors", "answers"]);

/**
 * @typedef {object} Config
 * @property {string} host
 * @property {number} port 0 takes a free one
 * @property {string} index path of the index
 * @property {typeof FAULTS[number]} fault
 * @property {number} share of the queries that are slow or fail, in [0, 1]
 * @property {"debug" | "info"} level
 */

/**
 * Reads HOST, PORT, INDEX, BREAK, BREAK_SHARE and LOG_LEVEL.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Config}
 */
export function readConfig(env) {
  const port = Number(env.PORT ?? "8080");
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`PORT must be a whole number from 0 to 65535, not ${env.PORT}`);
  }
  const share = Number(env.BREAK_SHARE ?? "0.3");
  if (!(share >= 0 && share <= 1)) {
    throw new Error(`BREAK_SHARE must be a number from 0 to 1, not ${env.BREAK_SHARE}`);
  }
  return {
    host: env.HOST ?? "127.0.0.1",
    port,
    index: env.INDEX ?? "build/index.json",
    fault: oneOf("BREAK", FAULTS, env.BREAK ?? "none"),
    share,
    level: oneOf("LOG_LEVEL", /** @type {const} */ (["info", "debug"]), env.LOG_LEVEL ?? "info"),
  };
}

/**
 * @template {string} T
 * @param {string} name
 * @param {readonly T[]} allowed
 * @param {string} value
 */
function oneOf(name, allowed, value) {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new Error(`${name} must be one of ${allowed.join(", ")}, not ${value}`);
  return found;
}
