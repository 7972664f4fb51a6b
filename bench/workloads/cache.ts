import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { interleaved, ratioFigure, type Figure } from "../lib/measure.ts";
import type { Workspace } from "../lib/workspace.ts";

const JOBS = 200;
/** Bytes of each job's input: about what a source file has. */
const SIZE = 8_192;

const PIPELINE = `import { pipeline, sh } from "sluice";
pipeline({ name: "cached" }, (p) => {
  const stage = p.stage("all");
  for (let i = 0; i < ${JOBS}; i++)
    stage.job("n" + i, sh\`wc -c src/\${i}.txt\`, { cache: { inputs: \`src/\${i}.txt\` } });
}).main();
`;
/** The least that it takes to tell that nothing has changed without keeping anything: every file read and hashed. */
const BOUND = `import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
await Promise.all(Array.from({ length: ${JOBS} }, async (_, i) =>
  createHash("sha256").update(await readFile("cached/src/" + i + ".txt")).digest("hex")));
`;

/** W7: a run of 200 cached jobs in which nothing has changed, net of what a run of one job takes. */
export async function cache(workspace: Workspace, rounds: number): Promise<Figure[]> {
  const root = join(workspace.root, "cached");
  mkdirSync(join(root, "src"), { recursive: true });
  for (let job = 0; job < JOBS; job++)
    workspace.write(`cached/src/${job}.txt`, `${job}\n`.repeat(SIZE).slice(0, SIZE));
  workspace.write("cached/.gitignore", "");
  workspace.write("cached/pipeline.js", PIPELINE);
  workspace.write("hash.js", BOUND);
  execFileSync("git", ["init", "--quiet", "."], { cwd: root });
  execFileSync("git", ["add", "."], { cwd: root });
  const args = ["--reporter", "plain"];
  const [empty = 0, one = 0, bound = 0, ours = 0] = await interleaved(
    [
      workspace.command("node", "empty.js"),
      workspace.command("node", "one.js", args),
      workspace.command("node", "hash.js"),
      workspace.command("node", "cached/pipeline.js", args),
    ],
    rounds,
  );
  return [
    ratioFigure("W7", `no-op rerun of ${JOBS} cached jobs`, "ms", ours - one, bound - empty, 1.3),
    {
      ...ratioFigure("W7", "the same with all that starting takes", "ms", ours, bound, 1.3),
      budget: "none set",
      ok: true,
    },
  ];
}
