import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openResults } from "../../../src/cache/open-results.ts";
import { ResultCache } from "../../../src/cache/result-cache.ts";
import type { Plan, PlanNode } from "../../../src/model/index.ts";
import type { BlobCache, CacheAnswer } from "../../../src/ports/index.ts";
import { FileArtifactStore } from "../../../src/stores/fs/artifacts.ts";
import type { CacheOrEffects, JobOptions } from "../../../src/builder/types.ts";
import { sh } from "../../../src/index.ts";
import { planOf } from "../../fixtures/engine-run.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

export const GIT_ENV = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
};

/** A checkout with files in it, and a cache as one run after the other opens it. */
export class CacheRig {
  readonly root = tempFolder();
  readonly stateDir = join(this.root, ".sluice");
  readonly artifacts = new FileArtifactStore(join(this.stateDir, "artifacts"));
  /** What jobs inherit, besides what it takes to run git. */
  env: Record<string, string> = {};
  /** What is set and does not reach jobs. */
  outer: Record<string, string> = {};
  remote: BlobCache | undefined;

  constructor({ git = true }: { readonly git?: boolean } = {}) {
    if (git) this.git("init", "--quiet", ".");
  }

  git(...args: readonly string[]): void {
    execFileSync(
      "git",
      ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always", ...args],
      {
        cwd: this.root,
        env: GIT_ENV,
        stdio: "pipe",
      },
    );
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  remove(path: string): void {
    rmSync(join(this.root, path));
  }

  /** Sets its times back, so that the stat cache may trust it. */
  age(path: string): void {
    const then = new Date(Date.now() - 60_000);
    utimesSync(join(this.root, path), then, then);
  }

  executable(path: string): void {
    chmodSync(join(this.root, path), 0o755);
  }

  async open(
    plan: Plan,
    options: { readonly use?: boolean; readonly log?: string } = {},
  ): Promise<ResultCache> {
    const jobEnv = { ...GIT_ENV, ...this.env };
    const { remote } = this;
    const parts = await openResults({
      context: { root: this.root, stateDir: this.stateDir, env: { ...jobEnv, ...this.outer } },
      plan,
      jobEnv,
      mask: (text) => text,
      remote: remote === undefined ? undefined : () => Promise.resolve(remote),
    });
    return new ResultCache({
      ...parts,
      artifacts: this.artifacts,
      logs: { size: () => 0, read: () => chunksOf(options.log ?? "") },
      use: options.use ?? true,
    });
  }

  /** One run of a plan's only job: looked up, and where it is missing `job` does its work, which is kept. */
  async run(
    plan: Plan,
    job: () => void = () => undefined,
    options: { readonly use?: boolean; readonly log?: string } = {},
  ): Promise<{ readonly answer: CacheAnswer; readonly log: string; readonly warnings: readonly string[] }> {
    const node = onlyNode(plan);
    const cache = await this.open(plan, options);
    const answer = await cache.lookup({ run: "run-1", node, spec: node.with, upstream: [] });
    const warnings = answer.warning === undefined ? [] : [answer.warning];
    let log = "";
    if (answer.hit) for await (const chunk of answer.log) log += Buffer.from(chunk).toString();
    else {
      job();
      cache.ran(node);
      const artifacts = await Promise.all(
        Object.entries(node.artifacts).map(([name, globs]) => this.artifacts.save(name, globs, this.root)),
      );
      const output = { stdout: "made", exitCode: 0 };
      const entry = { run: "run-1", node, output, artifacts, took: 1_000 };
      const trouble = answer.key === undefined ? undefined : await cache.keep(answer.key, entry);
      if (trouble !== undefined) warnings.push(trouble);
    }
    return { answer, log, warnings: [...warnings, ...(await cache.close())] };
  }
}

/** A plan with one job, of the options given. */
export function jobPlan(options: JobOptions & CacheOrEffects, command = "make"): Plan {
  return planOf((p) => {
    p.stage("build").job("app", sh`${command}`, options);
  });
}

export function onlyNode(plan: Plan): PlanNode {
  const [node] = plan.nodes;
  if (node === undefined) throw new Error("the plan has no node");
  return node;
}

/** A cache of blobs in memory, which can be made to fail. */
export class MemoryBlobs implements BlobCache {
  readonly location = "memory";
  readonly blobs = new Map<string, Buffer>();
  broken: string | undefined;
  calls = 0;

  #check(): void {
    this.calls++;
    if (this.broken !== undefined) throw new Error(this.broken);
  }

  async get(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    await Promise.resolve();
    this.#check();
    const blob = this.blobs.get(key);
    return blob === undefined ? undefined : chunksOf(blob);
  }

  async has(key: string): Promise<boolean> {
    await Promise.resolve();
    this.#check();
    return this.blobs.has(key);
  }

  async put(key: string, blob: Blob): Promise<void> {
    this.#check();
    this.blobs.set(key, Buffer.from(await blob.arrayBuffer()));
  }
}

export async function* chunksOf(content: string | Uint8Array): AsyncIterable<Uint8Array> {
  if (content.length > 0) yield typeof content === "string" ? Buffer.from(content) : content;
}
