/**
 * What the shell executor costs on top of the lower bound: `spawn` with two pipes and nothing else. 200 jobs `true`, one
 * after the other and eight at a time; rounds of both sides take turns, and the median of
 * the rounds' ratios is what counts, because a busy machine slows both sides of one round alike.
 *
 * Run it with `npx tsx bench/parts/shell.ts [rounds]`.
 */
import { spawn } from "node:child_process";
import { baseEnv, createProcessGuard, sh } from "../../src/executors/shell/index.ts";
import type { Step } from "../../src/ports/index.ts";
import { stepContext } from "../../test/fixtures/step-context.ts";

const JOBS = 200;
const TARGET = 1.15;

type Job = () => Promise<void>;

function bare(file: string, args: readonly string[]): Job {
  return () =>
    new Promise((resolve, reject) => {
      const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] });
      child.stdout.on("data", () => undefined);
      child.stderr.on("data", () => undefined);
      child.on("error", reject).on("close", () => {
        resolve();
      });
    });
}

function executed(step: Step<unknown>, context: ReturnType<typeof stepContext>): Job {
  return async () => {
    await step.execute(step.spec as never, context);
  };
}

async function time(job: Job, concurrency: number): Promise<number> {
  const begin = performance.now();
  let left = JOBS;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await job();
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return performance.now() - begin;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

async function compare(
  name: string,
  sides: readonly [Job, Job],
  concurrency: number,
  rounds: number,
): Promise<boolean> {
  const times: [number[], number[]] = [[], []];
  for (let round = -1; round < rounds; round++) {
    for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const ms = await time(sides[side], concurrency);
      if (round >= 0) times[side].push(ms);
    }
  }
  const [base, ours] = [median(times[0]), median(times[1])];
  const ratio = median(times[0].map((ms, round) => (times[1][round] ?? 0) / ms));
  const verdict = ratio <= TARGET ? "ok" : "above the target";
  console.log(
    `${name}: ${base.toFixed(0)} ms bare, ${ours.toFixed(0)} ms with the executor, ${ratio.toFixed(2)}x (${verdict})`,
  );
  return ratio <= TARGET;
}

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 7);
  const guard = createProcessGuard();
  const context = stepContext({ env: baseEnv(process.env, []), processes: guard, write: () => undefined });
  const direct = [bare("true", []), executed(sh`true`, context)] as const;
  const shell = ["--noprofile", "--norc", "-eo", "pipefail", "-c", "true;true"];
  const inBash = [bare("bash", shell), executed(sh`true;true`, context)] as const;
  const results = [
    await compare("200 x `true`, sequential", direct, 1, rounds),
    await compare("200 x `true`, 8 at a time", direct, 8, rounds),
    await compare("200 x `true;true` in bash, 8 at a time", inBash, 8, rounds),
  ];
  guard.close();
  process.exitCode = results.every(Boolean) ? 0 : 1;
}

void main();
