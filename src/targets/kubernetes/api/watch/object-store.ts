import type { KindRef, KubeObject } from "../types.ts";

export type ChangeListener = (key: string, object: KubeObject | undefined) => void;

/** By what objects are known: `namespace/name`, or `name` alone for kinds of the whole cluster. */
export function keyOf({ metadata: { namespace, name } }: KubeObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Objects as last seen, and who wants to know of changes. */
export class ObjectStore {
  readonly objects = new Map<string, KubeObject>();
  readonly listeners = new Set<ChangeListener>();
  readonly #kind: KindRef;

  constructor(kind: KindRef) {
    this.#kind = kind;
  }

  put(given: KubeObject): void {
    const object = slim(given, this.#kind);
    const key = keyOf(object);
    const before = this.objects.get(key);
    const version = object.metadata.resourceVersion;
    // Seen before, by a list or a watch that began earlier.
    if (before?.metadata.uid === object.metadata.uid && before?.metadata.resourceVersion === version) return;
    this.objects.set(key, object);
    this.#tell(key, object);
  }

  remove(object: KubeObject): void {
    const key = keyOf(object);
    if (this.objects.delete(key)) this.#tell(key, undefined);
  }

  /** Takes a whole list over, so that what was missed shows: changed, new and gone objects. */
  reset(list: readonly KubeObject[]): void {
    const there = new Set(list.map(keyOf));
    for (const key of [...this.objects.keys()]) {
      if (there.has(key)) continue;
      this.objects.delete(key);
      this.#tell(key, undefined);
    }
    for (const object of list) this.put(object);
  }

  #tell(key: string, object: KubeObject | undefined): void {
    for (const listener of [...this.listeners]) listener(key, object);
  }
}

/** Without who set which field, which can be half of an object; and with the kind, which lists leave out of their items. */
function slim(object: KubeObject, { apiVersion, kind }: KindRef): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, apiVersion, kind, metadata };
}
