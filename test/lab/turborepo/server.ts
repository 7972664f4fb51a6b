import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { turborepo } from "../../../src/cache/remote/turborepo.ts";
import type { TurborepoOptions } from "../../../src/cache/remote/options.ts";
import type { BlobCache } from "../../../src/ports/index.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

export const TOKEN = "lab-token";
export const SIGNATURE_KEY = "0123456789abcdef0123456789abcdef";
const CLI = process.env["SLUICE_TURBOREPO_SERVER"] ?? "";

export interface ServerOptions {
  /** Whether it keeps signatures. */
  readonly signed?: boolean;
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** A real server (turborepo-remote-cache) that keeps its blobs in a folder. */
export class CacheServer {
  readonly store = tempFolder();
  readonly #port: number;
  readonly #options: ServerOptions;
  #child: ChildProcess | undefined;

  private constructor(port: number, options: ServerOptions) {
    this.#port = port;
    this.#options = options;
  }

  /** Runs until the test is over. */
  static async start(options: ServerOptions = {}): Promise<CacheServer> {
    const server = new CacheServer(await freePort(), options);
    onTestFinished(() => server.kill());
    await server.run();
    return server;
  }

  get url(): string {
    return `${this.#options.tls === undefined ? "http" : "https"}://127.0.0.1:${String(this.#port)}`;
  }

  /** Of a blob, on its disk. */
  file(hash: string, team = "team_lab"): string {
    return join(this.store, team, hash);
  }

  /** Starts it, once more after {@link kill}, with the port and the blobs that it had. */
  async run(): Promise<void> {
    const { signed = false, tls } = this.#options;
    const log = join(this.store, "..", `${String(this.#port)}.log`);
    const child = spawn(process.execPath, [CLI], {
      env: {
        PATH: process.env["PATH"],
        HOST: "127.0.0.1",
        PORT: String(this.#port),
        TURBO_TOKEN: TOKEN,
        STORAGE_PATH: this.store,
        STORAGE_PATH_USE_TMP_FOLDER: "false",
        BODY_LIMIT: String(300 << 20),
        LOG_MODE: "file",
        LOG_FILE: log,
        ...(signed ? { TURBO_REMOTE_CACHE_SIGNATURE_KEY: "kept" } : {}),
        ...(tls === undefined ? {} : { SSL_KEY_PATH: tls.key, SSL_CERT_PATH: tls.cert }),
      },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#child = child;
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the server has ended: ${errors}`);
      if (await listens(this.#port)) return;
      await sleep(50);
    }
  }

  /** Ends it at once, by its pid. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.kill("SIGKILL") === true) await once(child, "exit");
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  /** Opens it as a pipeline would. */
  async connect(
    options: TurborepoOptions = {},
    variables: Readonly<Record<string, string>> = {},
    stateDir = tempFolder(),
  ): Promise<BlobCache> {
    const env = { TURBO_TOKEN: TOKEN, ...variables };
    return await turborepo({
      url: this.url,
      ...(options.slug === undefined ? { teamId: "team_lab" } : {}),
      ...options,
    }).open({
      root: stateDir,
      stateDir,
      env,
    });
  }
}

async function listens(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
