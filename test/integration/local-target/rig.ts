import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Artifact, Json } from "../../../src/model/index.ts";
import type {
  ResolvedApp,
  RolloutDriver,
  Target,
  TargetContext,
  TargetStatus,
} from "../../../src/ports/index.ts";
import { local, type LocalOptions } from "../../../src/targets/local/index.ts";
import { identify, isAlive, type ProcessIdentity } from "../../../src/util/process/identity.ts";
import { SERVER } from "./server.ts";

/** How an app of these tests differs from the plain one. */
export interface AppOptions {
  /** What it answers to `GET /`. */
  readonly version?: string;
  readonly replicas?: number;
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly startup?: number;
  readonly drain?: number;
  readonly files?: Readonly<Record<string, string>>;
}

/** A state folder of its own, apps to deploy into it, and the certainty that nothing is left running. */
export class Rig {
  readonly folder: string;
  readonly stateDir: string;
  readonly printed: string[] = [];
  readonly #contents = new Map<string, Readonly<Record<string, string>>>();
  readonly #drivers = new Set<RolloutDriver>();
  /** Makes the targets; another one where the package is tried as it is built. */
  make: typeof local = local;
  readonly #seen = new Map<number, ProcessIdentity>();
  #runs = 0;

  private constructor(folder: string, stateDir: string) {
    this.folder = folder;
    this.stateDir = stateDir;
  }

  static async create(below = ".sluice"): Promise<Rig> {
    const folder = await mkdtemp(join(tmpdir(), "sluice-local-"));
    return new Rig(folder, join(folder, below));
  }

  /** A second look at the folder of another process's rig. */
  static at(folder: string, below = ".sluice"): Rig {
    return new Rig(folder, join(folder, below));
  }

  /** The folder of a target's state. */
  path(...parts: readonly string[]): string {
    return join(this.stateDir, "targets", "site", ...parts);
  }

  context(overrides: Partial<TargetContext> = {}): TargetContext {
    return {
      run: `run-${++this.#runs}`,
      pipeline: "shop",
      root: this.folder,
      stateDir: this.stateDir,
      signal: new AbortController().signal,
      env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin" },
      processes: { add: () => undefined, remove: () => undefined },
      write: (_stream, chunk) => void this.printed.push(String(chunk)),
      mask: (text) => text.replaceAll("hunter2", "***"),
      restore: (artifact, folder) => this.#restore(artifact, folder),
      ...overrides,
    };
  }

  target(options: Partial<LocalOptions<string>> = {}): Target<string> {
    return this.make({ name: "site", grace: "2s", ...options });
  }

  /** An app as the engine resolves it. */
  app(options: AppOptions = {}): ResolvedApp {
    const {
      version = "one",
      replicas = 2,
      command = ["node", "server.mjs"],
      env = {},
      secrets = {},
    } = options;
    const files = { "server.mjs": SERVER, "content/version.txt": version, ...options.files };
    const artifact = this.#artifact(files);
    const { startup = 20_000, drain = 5_000 } = options;
    const spec: Json = {
      artifact: artifact as unknown as Json,
      command,
      port: null,
      replicas,
      health: { path: "/healthz", interval: 200, timeout: 1_000, startup },
      env,
      secrets: Object.fromEntries(
        Object.keys(secrets).map((name) => [name.toUpperCase(), { $secret: name }]),
      ),
      drain,
    };
    return { kind: "service", spec, secrets };
  }

  async connect(
    app: ResolvedApp,
    options: Partial<LocalOptions<string>> = {},
    context: Partial<TargetContext> = {},
  ): Promise<RolloutDriver> {
    const target = this.target(options);
    const driver = await target.connect({ target: target.spec, app } as never, this.context(context));
    this.#drivers.add(driver);
    return driver;
  }

  /** Deploys as the simplest of all strategies would, and gives the URL. */
  async deploy(app: ResolvedApp, options: Partial<LocalOptions<string>> = {}): Promise<string> {
    const driver = await this.connect(app, options);
    const { desired, url, current } = await driver.observe();
    if (!current) await driver.start(desired);
    await driver.promote();
    await driver.close();
    await this.look();
    return url;
  }

  status(): Promise<TargetStatus> {
    const target = this.target();
    return target.status({ target: target.spec, secrets: {} } as never, this.context());
  }

  async rollback(to?: number, secrets: Readonly<Record<string, string>> = {}) {
    const target = this.target();
    return target.rollback(
      { target: target.spec, secrets } as never,
      this.context(),
      to === undefined ? {} : { to },
    );
  }

  async stop(): Promise<void> {
    const target = this.target();
    await target.stop?.({ target: target.spec, secrets: {} } as never, this.context());
  }

  /** Pids of the replicas that the proxy has recorded and that are alive. */
  async replicas(revision?: number): Promise<readonly number[]> {
    const runtime = JSON.parse(await readFile(this.path("runtime.json"), "utf8")) as {
      replicas: { revision: number; process: ProcessIdentity }[];
    };
    const found = runtime.replicas.filter((one) => revision === undefined || one.revision === revision);
    return found.flatMap((one) => (isAlive(one.process) ? [one.process.pid] : []));
  }

  /** Pid of the proxy. */
  async proxy(): Promise<number> {
    const pid = await this.#proxyPid();
    if (pid === undefined) throw new Error("no proxy is recorded");
    return pid;
  }

  /** Remembers what runs now, so that the end of the test can tell whether it has ended. */
  async look(): Promise<readonly number[]> {
    const proxy = await this.#proxyPid().catch(() => undefined);
    const pids = [...(await this.replicas().catch(() => [])), ...(proxy === undefined ? [] : [proxy])];
    for (const pid of pids) {
      const identity = identify(pid);
      if (identity !== undefined) this.#seen.set(pid, identity);
    }
    return pids;
  }

  /** Those that were seen and still run. */
  alive(): readonly number[] {
    return [...this.#seen.values()].filter(isAlive).map(({ pid }) => pid);
  }

  /** Ends everything, in order where that works and by force where it does not. */
  async dispose(): Promise<void> {
    await this.look();
    for (const driver of this.#drivers) await driver.close().catch(() => undefined);
    await this.stop().catch(() => undefined);
    await this.look();
    for (const pid of this.alive()) {
      try {
        process.kill(-pid, "SIGKILL");
      } catch {
        // ended in between
      }
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #proxyPid(): Promise<number | undefined> {
    const { lockHolder } = await import("../../../src/util/state/lock.ts");
    return (await lockHolder(this.path("locks"), "proxy"))?.holder.owner.pid;
  }

  #artifact(files: Readonly<Record<string, string>>): Artifact {
    const digest = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
    const all = digest(JSON.stringify(Object.entries(files).sort()));
    this.#contents.set(all, files);
    const list = Object.entries(files).map(([path, text]) => ({
      path,
      digest: digest(text),
      size: Buffer.byteLength(text),
      executable: false,
    }));
    return { name: "site", digest: all, path: ".", size: 0, files: list };
  }

  async #restore(artifact: Artifact, folder: string): Promise<void> {
    for (const [path, text] of Object.entries(this.#contents.get(artifact.digest) ?? {})) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  }
}

/** Asks until the answer is as wanted. Rejects when it is not after `ms`. */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  wanted: (value: T) => boolean,
  ms = 15_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await ask();
    if (wanted(value)) return value;
    if (Date.now() > end) throw new Error(`not as wanted after ${ms} ms: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Kills a process and waits until it has gone: until then the system may still take connections for it. */
export async function killed(pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  await eventually(
    () => identify(pid),
    (found) => found === undefined,
  );
}
