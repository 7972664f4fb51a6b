import { relative, sep } from "node:path";
import { gitEnvironment } from "./environment.ts";

/** Asks git; a question that it cannot answer gives `undefined`. */
export class Git {
  readonly #cwd: string;
  #top: Promise<string | undefined> | undefined;

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  async ask(...args: readonly string[]): Promise<string | undefined> {
    const { execa } = await import("execa");
    const { stdout, exitCode, failed } = await execa("git", args, {
      cwd: this.#cwd,
      reject: false,
      env: gitEnvironment(process.env),
      extendEnv: false,
    });
    return failed || exitCode !== 0 ? undefined : stdout;
  }

  async tags(): Promise<readonly string[]> {
    return lines(await this.ask("tag", "--points-at", "HEAD"));
  }

  /**
   * Files changed since `base`, committed or not, relative to the folder asked from (others start with `../`).
   * `undefined` where it cannot be told.
   */
  async changedSince(base: string): Promise<readonly string[] | undefined> {
    const fork = await this.ask("merge-base", base, "HEAD");
    if (fork === undefined) return undefined;
    const [committed, untracked] = await Promise.all([
      this.ask("diff", "--name-only", "--no-renames", "-z", fork.trim(), "--"),
      this.ask("ls-files", "--others", "--exclude-standard", "--full-name", "-z", ":/"),
    ]);
    if (committed === undefined) return undefined;
    return await this.#here([...names(committed), ...names(untracked)]);
  }

  /** Where changes count from when nobody says: see `onChange`. */
  async defaultBase(): Promise<string | undefined> {
    const branch = await this.ask("rev-parse", "--abbrev-ref", "HEAD");
    const remote = (await this.ask("symbolic-ref", "--short", "refs/remotes/origin/HEAD"))?.trim();
    for (const main of [remote, "origin/main", "origin/master", "main", "master"]) {
      if (
        main === undefined ||
        (await this.ask("rev-parse", "--verify", "--quiet", `${main}^{commit}`)) === undefined
      ) {
        continue;
      }
      if (main.replace(/^origin\//, "") !== branch?.trim()) return main;
      break;
    }
    return (await this.ask("rev-parse", "--verify", "--quiet", "HEAD^")) === undefined ? undefined : "HEAD^";
  }

  async #here(fromTop: readonly string[]): Promise<readonly string[]> {
    this.#top ??= this.ask("rev-parse", "--show-prefix");
    const prefix = ((await this.#top) ?? "").trim();
    return fromTop.map((name) => relative(prefix, name).split(sep).join("/"));
  }
}

function names(text: string | undefined): string[] {
  return (text ?? "").split("\0").filter((name) => name !== "");
}

function lines(text: string | undefined): string[] {
  return (text ?? "").split("\n").filter((line) => line !== "");
}
