import { setTimeout as sleep } from "node:timers/promises";
import { abortable } from "../abortable.ts";
import { ApiFault } from "../api-fault.ts";
import { listPath, selection, withQuery } from "../address.ts";
import { listAll } from "../list.ts";
import { backoff } from "../retry.ts";
import type { Sender } from "../send.ts";
import type { ApiResource, KindRef, ListQuery } from "../types.ts";
import { parseEvent } from "./events.ts";
import { linesOf } from "./lines.ts";
import { ObjectStore } from "./object-store.ts";

/** Seconds after which the server ends a watch, to be begun again: so many at least, and at most twice that. */
const WATCH_SECONDS = 240;
/** Milliseconds after that at which we end it. */
const OVERDUE = 30_000;

export interface FeedSetup {
  readonly sender: Sender;
  readonly kind: KindRef;
  readonly query: ListQuery;
  readonly resource: () => Promise<ApiResource>;
  /** Of the whole connection. */
  readonly signal: AbortSignal;
}

/** One list and one watch, begun again from where it ended until it is stopped, or cannot be kept. */
export class Feed {
  readonly store: ObjectStore;
  readonly synced: Promise<void>;
  readonly broken: Promise<never>;
  readonly #setup: FeedSetup;
  readonly #ending = new AbortController();
  readonly #unlink: () => void;
  #synced: () => void = () => undefined;
  #version: string | undefined;

  constructor(setup: FeedSetup) {
    this.#setup = setup;
    this.store = new ObjectStore(setup.kind);
    const { signal } = setup;
    const abort = (): void => this.#ending.abort(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    this.#unlink = () => signal.removeEventListener("abort", abort);
    let failed: (reason: unknown) => void = () => undefined;
    let broken: (reason: unknown) => void = () => undefined;
    this.synced = new Promise<void>((resolve, reject) => {
      this.#synced = resolve;
      failed = reject;
    });
    this.broken = new Promise<never>((_, reject) => {
      broken = reject;
    });
    // Who asks is told; nobody has to ask.
    this.synced.catch(() => undefined);
    this.broken.catch(() => undefined);
    this.#run().catch((error: unknown) => {
      this.#unlink();
      if (this.#stopped) return;
      failed(error);
      broken(error);
    });
  }

  get #stopped(): boolean {
    return this.#ending.signal.aborted && !this.#setup.signal.aborted;
  }

  stop(): void {
    this.#unlink();
    this.#ending.abort();
  }

  async #run(): Promise<never> {
    const { kind, query, sender } = this.#setup;
    const { signal } = this.#ending;
    const path = listPath(await abortable(this.#setup.resource(), signal), query.namespace);
    const what = `watch ${kind.kind}${query.namespace === undefined ? "" : ` in namespace ${query.namespace}`}`;
    for (let fruitless = 0; ;) {
      if (this.#version === undefined) {
        const { objects, version } = await listAll(sender, path, selection(query), what, signal);
        this.store.reset(objects);
        this.#version = version;
        this.#synced();
      }
      fruitless = (await this.#follow(path, what)) ? 0 : fruitless + 1;
      // What ends at once would be asked for without a pause.
      if (fruitless > 0) await sleep(backoff(fruitless + 1), undefined, { signal });
    }
  }

  /** Follows one watch to its end. True where it brought something. */
  async #follow(path: string, what: string): Promise<boolean> {
    const { sender, query } = this.#setup;
    const { signal } = this.#ending;
    const seconds = Math.round(WATCH_SECONDS * (1 + Math.random()));
    const address = withQuery(path, {
      ...selection(query),
      watch: 1,
      allowWatchBookmarks: true,
      resourceVersion: this.#version,
      timeoutSeconds: seconds,
    });
    let brought = false;
    let troubled = false;
    let overdue: NodeJS.Timeout | undefined;
    let cut: () => void = () => undefined;
    try {
      const answer = await sender.open({ method: "GET", path: address, what, again: "always", signal });
      cut = () => answer.stream.destroy();
      signal.addEventListener("abort", cut, { once: true });
      overdue = setTimeout(cut, seconds * 1_000 + OVERDUE);
      for await (const line of linesOf(answer.stream as AsyncIterable<Buffer>)) {
        const taken = this.#take(line);
        brought ||= taken === "goes on";
        troubled = taken === "trouble";
        if (taken !== "goes on") break;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ApiFault && error.status === 410) this.#version = undefined;
      else if (error instanceof ApiFault || !isLost(error)) throw error;
    } finally {
      clearTimeout(overdue);
      signal.removeEventListener("abort", cut);
      cut();
    }
    signal.throwIfAborted();
    return brought && !troubled;
  }

  /** After anything but `goes on` the watch is of no more use, and the list is asked for anew, as client-go does. */
  #take(line: string): "goes on" | "expired" | "trouble" {
    const event = parseEvent(line);
    switch (event.type) {
      case "put":
        this.store.put(event.object);
        break;
      case "remove":
        this.store.remove(event.object);
        break;
      case "bookmark":
        break;
      case "expired":
      case "trouble":
        this.#version = undefined;
        return event.type;
    }
    this.#version = event.version;
    return "goes on";
  }
}

/** A stream that was cut, in the middle of a line perhaps; not a defect of a listener. */
function isLost(error: unknown): boolean {
  return error instanceof Error && "code" in error;
}
