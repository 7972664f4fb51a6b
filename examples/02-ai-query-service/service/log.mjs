/**
 * @typedef {object} Log
 * @property {(event: string, fields?: Record<string, unknown>) => void} info
 * @property {(event: string, fields?: Record<string, unknown>) => void} debug
 */

/**
 * A log of one JSON object a line.
 *
 * @param {"debug" | "info"} level
 * @param {{ write(text: string): unknown }} out
 * @returns {Log}
 */
export function createLog(level, out) {
  /** @param {string} name */
  const writer =
    (name) =>
    (/** @type {string} */ event, /** @type {Record<string, unknown>} */ fields = {}) => {
      out.write(`${JSON.stringify({ at: new Date().toISOString(), level: name, event, ...fields })}\n`);
    };
  return { info: writer("info"), debug: level === "debug" ? writer("debug") : () => {} };
}
