import { spawn } from "node:child_process";
import { relative, resolve, sep } from "node:path";
import { gitEnvironment } from "./environment.ts";
import { findCheckout } from "./head.ts";

/** The question whether a work tree differs from its commit, asked and not yet answered. */
export interface WorkTree {
  /** Waits at most `patience` milliseconds. Null where it is not known: no checkout, no git, or not in time. */
  isDirty(patience: number): Promise<boolean | null>;
}

const UNKNOWN: WorkTree = { isDirty: () => Promise.resolve(null) };

/**
 * Asks git in the background whether the checkout that holds `folder` has anything that is not in its commit: changed or
 * staged files, untracked ones that are not ignored, and the same in submodules. `stateDir` does not count.
 */
export function askWorkTree(
  folder: string,
  stateDir: string,
  env: Readonly<Record<string, string | undefined>>,
): WorkTree {
  const top = findCheckout(folder)?.top;
  if (top === undefined) return UNKNOWN;
  const child = spawn("git", statusOf(top, stateDir), {
    cwd: top,
    env: gitEnvironment(env),
    stdio: ["ignore", "pipe", "ignore"],
  });
  const answer = new Promise<boolean | null>((answered) => {
    child.on("error", () => {
      answered(null);
    });
    child.stdout.on("data", () => {
      // The first change is enough.
      answered(true);
      child.kill();
    });
    child.on("close", (code) => {
      answered(code === 0 ? false : null);
    });
  });
  // A run that ends by an error must not wait for it.
  child.unref();
  (child.stdout as unknown as { unref(): void }).unref();
  return { isDirty: (patience) => within(answer, patience, () => child.kill()) };
}

function statusOf(top: string, stateDir: string): string[] {
  const command = ["status", "--porcelain", "-z", "--untracked-files=normal", "--ignore-submodules=none"];
  const state = relative(top, resolve(stateDir)).split(sep).join("/");
  if (state === "" || state.startsWith("../")) return command;
  return [...command, "--", ":(top)", `:(top,exclude,literal)${state}`];
}

async function within(
  answer: Promise<boolean | null>,
  patience: number,
  giveUp: () => void,
): Promise<boolean | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    // Not unreferenced: it is what keeps this process waiting for the answer.
    timer = setTimeout(() => {
      giveUp();
      resolve(null);
    }, patience);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
