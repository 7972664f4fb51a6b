import { HASH_INPUTS, KAHN, prefixLines, SPAWN_GRAPH } from "../lib/bounds.ts";
import type { Peer } from "./peer.ts";
import { program, READ_WORK } from "./programs.ts";
import { argvOf, WORKLOADS } from "./work.ts";

/** The least that Node can do: what every other row is set against. */
export const nodeBound: Peer = {
  name: "lower bound",
  kind: "bound",
  version: process.versions.node,
  note: "Node: `spawn` with pipes; for functions a loop; for logs a prefix chunk by chunk; for the cache a hash of the inputs",
  without: {},
  unchecked: ["W7"],
  project(site, work) {
    if (work.workload === "W7") return program(site, work, `${READ_WORK}${HASH_INPUTS}`);
    if (work.workload !== "W6") return program(site, work, `${READ_WORK}${SPAWN_GRAPH}`);
    return program(site, work, prefixLines(argvOf(work.jobs[0]?.command ?? "").at(-1) ?? ""));
  },
  functions: KAHN,
};

/** What `npx tsx` takes before a line of the user's program runs. */
export const tsxBound: Peer = {
  name: "`npx tsx` of an empty program",
  kind: "bound",
  version: process.versions.node,
  note: "runs no job",
  without: Object.fromEntries(WORKLOADS.filter((name) => name !== "W1").map((name) => [name, "only for W1"])),
  unchecked: ["W1"],
  project(site) {
    site.write("package.json", '{ "type": "module", "private": true }');
    site.write("empty.ts", "");
    return { file: "npx", args: ["tsx", "empty.ts"], cwd: site.root };
  },
};
