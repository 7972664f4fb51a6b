import type { Peer } from "./peer.ts";
import { NO_COMMANDS } from "./reasons.ts";

const VERSION = "3.2.6";

const FUNCTIONS = `import { auto } from "async";
export async function run(graph, task, concurrency) {
  const nodes = graph.map((needs, index) => {
    const step = async () => task(index);
    return ["n" + index, [...needs.map((need) => "n" + need), step]];
  });
  await auto(Object.fromEntries(nodes), concurrency);
}
`;

/** `auto` of async, which has edges and a limit. */
export const asyncAuto: Peer = {
  name: "async",
  kind: "peer",
  version: VERSION,
  packages: { async: VERSION },
  note: "its `auto`; records nothing",
  without: NO_COMMANDS,
  functions: FUNCTIONS,
};
