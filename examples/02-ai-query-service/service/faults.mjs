import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds that a slow query waits. */
const DELAY = 1_000;

/**
 * @typedef {object} Faults
 * @property {() => Promise<void>} before called before each query; waits, or throws, where the fault says so
 * @property {(search: import("./index/search.mjs").Search) => import("./index/search.mjs").Search} around
 */

/**
 * What goes wrong on purpose. Every query is counted, and the faulty ones are spread evenly over them, so
 * that a share of 0.3 is three in ten and not "about three in ten".
 *
 * @param {Pick<import("./config.mjs").Config, "fault" | "share">} config
 * @returns {Faults}
 */
export function createFaults({ fault, share }) {
  let queries = 0;
  const hit = () => {
    queries += 1;
    return Math.floor(queries * share) > Math.floor((queries - 1) * share);
  };
  return {
    before: async () => {
      if (fault === "latency" && hit()) await sleep(DELAY);
      if (fault === "errors" && hit()) throw new Error("broken on purpose (BREAK=errors)");
    },
    around: (search) => (fault === "answers" ? worstFirst(search) : search),
  };
}

/**
 * The mistake of a comparison written the wrong way round: nothing fails, and the answers are of no use.
 *
 * @param {import("./index/search.mjs").Search} search
 * @returns {import("./index/search.mjs").Search}
 */
function worstFirst(search) {
  return (question, limit) => search(question, Infinity).reverse().slice(0, limit);
}
