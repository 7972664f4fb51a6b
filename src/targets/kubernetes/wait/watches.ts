import { isSluiceError } from "../../../errors/index.ts";
import type { ClusterApi, KindRef, KubeObject, ListQuery, ObjectWatch } from "../api/types.ts";
import type { Bell } from "./bell.ts";

/** The watches of one wait: each is opened once, rings the bell, and is closed with the others. */
export class Watches {
  readonly #api: ClusterApi;
  readonly #bell: Bell;
  readonly #open = new Map<string, Promise<ObjectWatch>>();
  readonly #stops: (() => void)[] = [];
  #broken: { readonly error: unknown } | undefined;

  constructor(api: ClusterApi, bell: Bell) {
    this.#api = api;
    this.#bell = bell;
  }

  /** Resolves once the first list is there. */
  async of(kind: KindRef, query: ListQuery): Promise<ObjectWatch> {
    const watch = this.#start(kind, query, (error) => {
      this.#broken = { error };
      this.#bell.ring();
    });
    return await watch;
  }

  /** Objects that only help to tell what is going on; `undefined` where we may not see them. */
  async helpful(kind: KindRef, query: ListQuery): Promise<ReadonlyMap<string, KubeObject> | undefined> {
    try {
      const watch = await this.#start(kind, query, () => undefined);
      return watch.objects;
    } catch (error) {
      if (isSluiceError(error) && error.code === "CLUSTER_DENIED") return undefined;
      throw error;
    }
  }

  /** Throws why a watch that is needed could not be kept. */
  check(): void {
    if (this.#broken !== undefined) throw this.#broken.error;
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #start(kind: KindRef, query: ListQuery, broken: (error: unknown) => void): Promise<ObjectWatch> {
    const key = JSON.stringify([kind.apiVersion, kind.kind, query.namespace, query.labels, query.fields]);
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const watch = this.#api.watch({ apiVersion: kind.apiVersion, kind: kind.kind }, query);
    const unhear = watch.onChange(this.#bell.ring);
    watch.broken.catch(broken);
    this.#stops.push(() => {
      unhear();
      watch.close();
    });
    const synced = watch.synced.then(() => watch);
    this.#open.set(key, synced);
    return synced;
  }
}
