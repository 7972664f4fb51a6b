import { readFileSync } from "node:fs";
import type { Command } from "../lib/measure.ts";
import { logPipeline, secretVariables } from "../lib/samples.ts";
import type { Peer, Site } from "./peer.ts";
import { program, READ_WORK } from "./programs.ts";
import { argvOf, type Work, WORKLOADS } from "./work.ts";

const VERSION = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }
).version;

/** A user's pipeline. A command of several words goes through `sh -c`, because it is not known when this is written. */
const PIPELINE = `import { pipeline, sh } from "sluice";
${READ_WORK}
pipeline({ name: "graph" }, (p) => {
  const stage = p.stage("all");
  const refs = [];
  for (const { id, command, needs, files } of jobs) {
    const step = command === "true" ? sh\`true\` : sh\`sh -c \${command}\`;
    const options = { after: needs.map((need) => refs[need]) };
    if (files) Object.assign(options, { cache: { inputs: [files.input] }, artifacts: { output: files.output } });
    refs.push(stage.job(id, step, options));
  }
}).main();
`;

const FUNCTIONS = `import { pipeline, run as start } from "sluice";
export async function run(graph, task, concurrency) {
  const pipe = pipeline({ name: "functions" }, (p) => {
    const stage = p.stage("all");
    const refs = [];
    graph.forEach((needs, index) =>
      refs.push(stage.job("n" + index, () => void task(index), { after: needs.map((need) => refs[need]) })),
    );
  });
  const { state } = await start(pipe, { concurrency });
  if (state !== "passed") throw new Error("the run ended as " + state);
}
`;

function project(site: Site, work: Work): Command {
  const args = ["--concurrency", String(work.concurrency)];
  if (work.workload !== "W6") return program(site, work, PIPELINE, args);
  const lines = argvOf(work.jobs[0]?.command ?? "").at(-1) ?? "";
  return { ...program(site, work, logPipeline(lines), args), env: secretVariables() };
}

/** Sluice as a user has it: the packed package, installed; plain JavaScript; nothing turned off. */
export const sluice: Peer = {
  name: "Sluice",
  kind: "ours",
  version: VERSION,
  note: "journal, masking and reporter on; in W6 masked against 20 secrets and kept on disk",
  without: {},
  project,
  functions: FUNCTIONS,
};

/** The same program in TypeScript, as the README starts it. */
export const sluiceTsx: Peer = {
  name: "Sluice by `npx tsx`",
  kind: "ours",
  version: VERSION,
  note: "as above, in TypeScript",
  without: Object.fromEntries(WORKLOADS.filter((name) => name !== "W1").map((name) => [name, "only for W1"])),
  project(site, work) {
    const { args, cwd } = program(site, work, "", ["--concurrency", String(work.concurrency)]);
    site.write("program.ts", PIPELINE);
    return { file: "npx", args: ["tsx", "program.ts", ...args.slice(1)], cwd };
  },
};
