import { SluiceError } from "../../../errors/index.ts";
import type { ApiResource, ListQuery, ObjectRef } from "./types.ts";

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** `/api/v1` or `/apis/<group>/<version>`. */
export function groupPath(apiVersion: string): string {
  return `${apiVersion.includes("/") ? "/apis" : "/api"}/${apiVersion}`;
}

/** Where all objects of a kind are, in one namespace or in all. */
export function listPath(resource: ApiResource, namespace: string | undefined): string {
  const place =
    resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${groupPath(resource.apiVersion)}${place}/${resource.name}`;
}

/** Where the objects are among which `ref` is. @throws SluiceError `MANIFEST_INVALID` where its namespace is missing */
export function placePath(resource: ApiResource, ref: ObjectRef): string {
  if (resource.namespaced && ref.namespace === undefined)
    throw new SluiceError("MANIFEST_INVALID", `${ref.kind} ${ref.name} names no namespace, and needs one`, {
      hint: "Set metadata.namespace.",
    });
  return listPath(resource, ref.namespace);
}

/** Where one object is. @throws SluiceError `MANIFEST_INVALID` */
export function objectPath(resource: ApiResource, ref: ObjectRef, subresource?: string): string {
  const part = subresource === undefined ? "" : `/${subresource}`;
  return `${placePath(resource, ref)}/${encodeURIComponent(ref.name)}${part}`;
}

/** A path with its query; what is undefined is left out. */
export function withQuery(path: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) parameters.set(name, String(value));
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}

export function selection({ labels, fields }: ListQuery): Query {
  return { labelSelector: labels, fieldSelector: fields };
}

/** `Deployment shop/api`, for messages. */
export function nameOf({ kind, name, namespace }: ObjectRef): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}
