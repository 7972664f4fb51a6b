import { isSluiceError, messageOf, SluiceError } from "../../errors/index.ts";
import type { TargetContext } from "../../ports/index.ts";
import { canonicalJson } from "../../util/canonical-json.ts";
import { layoutOf, targetFolder, type Layout } from "./layout.ts";
import type { ProxyClient } from "./proxy/client.ts";
import { ensureProxy, findProxy, hasEnded, type RunningProxy } from "./proxy/launch.ts";
import { isFree } from "./proxy/ports.ts";
import type { ProxyView } from "./proxy/protocol.ts";
import { busy, portTaken } from "./session-errors.ts";
import type { LocalSpec } from "./spec.ts";
import { makeFolder } from "../../util/state/atomic-file.ts";
import { takeLock, type Lock } from "../../util/state/lock.ts";
import { emptyState, readState, writeState, type TargetState } from "./state/target-state.ts";

const DRIVER_LOCK = "driver";
/** Milliseconds of one question for news; then it is asked again, so that a dead proxy is noticed. */
const NEWS = 2_000;
/** Milliseconds that a running proxy has to say which port it has. */
const GLANCE = 2_000;
/** Milliseconds that a proxy without processes has to end itself. */
const LEAVE = 10_000;

export interface SessionInput {
  readonly spec: LocalSpec;
  readonly context: TargetContext;
  /** Values of secrets by name. */
  readonly secrets: Readonly<Record<string, string>>;
}

/**
 * A target held under its lock. What shall be is written down first, then told to the proxy; a session that is killed in
 * between is made good by the next one, which tells the proxy what is written.
 */
export class Session {
  readonly layout: Layout;
  readonly spec: LocalSpec;
  readonly context: TargetContext;
  readonly #secrets: Readonly<Record<string, string>>;
  readonly #lock: Lock;
  #state: TargetState;
  #proxy: RunningProxy | undefined;
  #closed = false;

  private constructor(input: SessionInput, layout: Layout, lock: Lock, state: TargetState) {
    this.spec = input.spec;
    this.context = input.context;
    this.#secrets = input.secrets;
    this.layout = layout;
    this.#lock = lock;
    this.#state = state;
  }

  /** Takes the lock and reads the state. Throws `TARGET_BUSY`, `STATE_CORRUPT`, `STATE_UNWRITABLE`. */
  static async open(input: SessionInput): Promise<Session> {
    const { name } = input.spec;
    if (process.platform === "win32") {
      throw new SluiceError("TOOL_MISSING", "a local target needs Linux or macOS", {
        hint: "Run the pipeline in WSL.",
      });
    }
    const layout = layoutOf(targetFolder(input.context.stateDir, name));
    await makeFolder(layout.folder);
    await makeFolder(layout.releases);
    const { run, pipeline } = input.context;
    const attempt = await takeLock(layout.locks, DRIVER_LOCK, { run, pipeline });
    if (!attempt.taken) throw busy(name, attempt.holder, attempt.file);
    try {
      return new Session(input, layout, attempt.lock, (await readState(layout.state)) ?? emptyState(name));
    } catch (error) {
      await attempt.lock.release();
      throw error;
    }
  }

  get state(): TargetState {
    return this.#state;
  }

  /** Has the target answer on its port, starting the proxy where none runs. Throws `TARGET_STATE` for a port in use. */
  async serve(): Promise<void> {
    const { spec } = this;
    const port = spec.port ?? this.#state.routing.port;
    if (port !== null && !(await this.#mayListenOn(port))) throw portTaken(spec, port);
    await this.change((state) => ({
      ...state,
      routing: { ...state.routing, open: true, port, grace: spec.grace },
    }));
    const view = await this.view();
    if (view.port !== port) {
      await this.change((state) => ({ ...state, routing: { ...state.routing, port: view.port } }));
    }
  }

  /** Writes the edited state down and has the proxy follow it. `retry` names a revision to try again. */
  async change(edit: (state: TargetState) => TargetState, retry: number | null = null): Promise<void> {
    await this.record(edit);
    await this.ask((client) => this.#tell(client, retry));
  }

  /** Writes the edited state down, for the proxy that is told or started next. */
  async record(edit: (state: TargetState) => TargetState): Promise<void> {
    const next = edit(this.#state);
    if (canonicalJson(next) !== canonicalJson(this.#state)) await writeState(this.layout.state, next);
    this.#state = next;
  }

  /** What runs now. A proxy that does not answer is replaced first. */
  view(): Promise<ProxyView> {
    return this.ask((client) => client.state());
  }

  /** Asks the proxy; one that cannot be reached is replaced first, once. */
  async ask<T>(question: (client: ProxyClient) => Promise<T>): Promise<T> {
    const { client } = this.#proxy ?? (await this.#ensure());
    try {
      return await question(client);
    } catch (error) {
      if (isSluiceError(error)) throw error;
      return await question((await this.#ensure()).client);
    }
  }

  /** Waits until what runs is as wanted, at most `ms`; `undefined` where it is not by then. */
  async until(
    wanted: (view: ProxyView) => boolean,
    ms: number,
    signal?: AbortSignal,
  ): Promise<ProxyView | undefined> {
    const end = Date.now() + ms;
    for (let view = await this.view(); ;) {
      signal?.throwIfAborted();
      if (wanted(view)) return view;
      const left = end - Date.now();
      if (left <= 0) return undefined;
      const seen = view.version;
      const news = this.ask((client) => client.state(seen, Math.min(left, NEWS)));
      view = await (signal === undefined ? news : untilAborted(news, signal));
    }
  }

  /** Tells the person what happens. */
  say(text: string): void {
    const written = this.context.write("stdout", `${this.context.mask(text)}\n`);
    written?.catch(() => undefined); // a fault of the log is told where the log is kept
  }

  /** Ends the proxy and all that it runs; resolves when the proxy has gone. */
  async end(ms: number): Promise<void> {
    const proxy = this.#proxy ?? (await this.#ensure());
    await proxy.client.end();
    if (!(await hasEnded(proxy.process, ms))) {
      throw new SluiceError(
        "TARGET_STATE",
        `the proxy of target "${this.spec.name}" (pid ${proxy.process.pid}) does not end`,
        {
          hint: `Look at ${this.layout.proxyLog}.`,
        },
      );
    }
    this.#proxy = undefined;
  }

  /** Releases the lock. A proxy that has nothing to serve, because no release was ever kept, does not stay. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      const { stable, candidate, old } = this.#state.routing;
      const idle = stable === null && candidate === null && old.every(({ until }) => until <= Date.now());
      if (idle && this.#proxy !== undefined) await this.end(LEAVE);
    } catch (error) {
      // An empty proxy that stays is no harm: the next session uses it.
      this.say(messageOf(error));
    } finally {
      await this.#lock.release();
    }
  }

  /** Whether the port is the proxy's own or free, looked at before anything is changed. */
  async #mayListenOn(port: number): Promise<boolean> {
    const proxy = await findProxy(this.layout);
    if (proxy === undefined) return isFree(port);
    const view = await proxy.client.state(undefined, 0, GLANCE).catch(() => undefined);
    // One that does not answer is replaced before the port is opened, and until then may hold it.
    return view === undefined || view.port === port || isFree(port);
  }

  async #ensure(): Promise<RunningProxy> {
    this.#proxy = await ensureProxy(this.layout, this.context.env);
    await this.#tell(this.#proxy.client, null);
    return this.#proxy;
  }

  async #tell(client: ProxyClient, retry: number | null): Promise<void> {
    const { routing } = this.#state;
    const view = await client.configure({ routing, env: this.context.env, secrets: this.#secrets, retry });
    if (routing.open && view.port === null) throw portTaken(this.spec, routing.port ?? 0, view.portProblem);
  }
}

/** Waits for `work`, or rejects with the signal's reason when that fires first. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
