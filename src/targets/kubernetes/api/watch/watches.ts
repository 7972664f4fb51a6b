import type { ApiResource, KindRef, KubeObject, ListQuery, ObjectWatch } from "../types.ts";
import type { Sender } from "../send.ts";
import { Feed } from "./feed.ts";
import type { ChangeListener } from "./object-store.ts";

export interface WatchesSetup {
  readonly sender: Sender;
  readonly resource: (kind: KindRef) => Promise<ApiResource>;
  readonly signal: AbortSignal;
}

/** Gives watches out, one feed to all who ask for the same. */
export class Watches {
  readonly #setup: WatchesSetup;
  readonly #feeds = new Map<string, { readonly feed: Feed; users: number }>();

  constructor(setup: WatchesSetup) {
    this.#setup = setup;
  }

  watch(kind: KindRef, query: ListQuery): ObjectWatch {
    const { apiVersion, kind: name } = kind;
    const { namespace, labels, fields } = query;
    const key = JSON.stringify([apiVersion, name, namespace, labels, fields]);
    const entry = this.#feeds.get(key) ?? this.#open(key, { apiVersion, kind: name }, query);
    entry.users++;
    return new SharedWatch(entry.feed, () => {
      entry.users--;
      if (entry.users > 0) return;
      this.#forget(key, entry.feed);
      entry.feed.stop();
    });
  }

  #open(key: string, kind: KindRef, query: ListQuery): { readonly feed: Feed; users: number } {
    const { sender, resource, signal } = this.#setup;
    const feed = new Feed({ sender, kind, query, resource: () => resource(kind), signal });
    const entry = { feed, users: 0 };
    this.#feeds.set(key, entry);
    // Who asks after that gets a new one.
    feed.broken.catch(() => this.#forget(key, feed));
    return entry;
  }

  #forget(key: string, feed: Feed): void {
    if (this.#feeds.get(key)?.feed === feed) this.#feeds.delete(key);
  }
}

class SharedWatch implements ObjectWatch {
  readonly #feed: Feed;
  readonly #own = new Set<ChangeListener>();
  #release: (() => void) | undefined;

  constructor(feed: Feed, release: () => void) {
    this.#feed = feed;
    this.#release = release;
  }

  get synced(): Promise<void> {
    return this.#feed.synced;
  }

  get broken(): Promise<never> {
    return this.#feed.broken;
  }

  get objects(): ReadonlyMap<string, KubeObject> {
    return this.#feed.store.objects;
  }

  onChange(listener: ChangeListener): () => void {
    // Of its own, so that one listener given twice is told twice.
    const own: ChangeListener = (key, object) => listener(key, object);
    const stop = (): void => {
      this.#own.delete(own);
      this.#feed.store.listeners.delete(own);
    };
    if (this.#release === undefined) return stop;
    this.#own.add(own);
    this.#feed.store.listeners.add(own);
    return stop;
  }

  close(): void {
    for (const own of this.#own) this.#feed.store.listeners.delete(own);
    this.#own.clear();
    this.#release?.();
    this.#release = undefined;
  }
}
