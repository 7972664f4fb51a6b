import type { KindRef, KubeObject, ObjectRef } from "../api/types.ts";

/** The group of an apiVersion; empty for the core group. */
export function groupOf({ apiVersion }: Pick<KindRef, "apiVersion">): string {
  return apiVersion.includes("/") ? (apiVersion.split("/", 1)[0] ?? "") : "";
}

export function refOf(object: KubeObject): ObjectRef {
  const { apiVersion, kind, metadata } = object;
  const place = metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
  return { apiVersion, kind, name: metadata.name, ...place };
}

/** The same for every version of one object's kind. */
export function keyOf(ref: ObjectRef): string {
  return `${groupOf(ref)}/${ref.kind}/${ref.namespace ?? ""}/${ref.name}`;
}

/** For people: `Deployment shop/api`. */
export function nameOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** As {@link ObjectWatch.objects} has its keys. */
export function watchKey({ namespace, name }: Pick<ObjectRef, "namespace" | "name">): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
