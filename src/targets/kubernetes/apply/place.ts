import { isSluiceError } from "../../../errors/index.ts";
import type { ClusterApi, KubeMetadata, KubeObject, ObjectRef } from "../api/types.ts";
import { at, list, text } from "../readiness/object.ts";
import { applySetId } from "./apply-set.ts";
import { MEMBER } from "./apply-set-labels.ts";
import type { Problem } from "./problems.ts";
import { groupOf, keyOf, nameOf, refOf } from "./refs.ts";
import type { ApplyScope } from "./types.ts";

/** An object as it will be applied: with its namespace and the label that makes it a member of the set. */
export interface Placed {
  readonly ref: ObjectRef;
  readonly object: KubeObject;
  /** Its kind is made by a definition among the objects, and the server does not have it yet. */
  readonly unborn: boolean;
}

/** Gives every object its namespace and its set. Problems are collected in `problems`. */
export async function placeObjects(
  api: ClusterApi,
  objects: readonly KubeObject[],
  scope: ApplyScope,
  problems: Problem[],
): Promise<readonly Placed[]> {
  const id = setIdOf(scope);
  const defined = definedKinds(objects);
  const seen = new Set<string>();
  const placed = await Promise.all(
    objects.map(async (object): Promise<Placed | undefined> => {
      const name = incomplete(object);
      if (name !== undefined) {
        problems.push({ code: "MANIFEST_INVALID", text: name });
        return undefined;
      }
      const own = defined.get(`${groupOf(object)}/${object.kind}`);
      const kind = await api.resource(refOf(object)).catch((error: unknown) => {
        if (!isSluiceError(error) || error.code !== "MANIFEST_INVALID") throw error;
        if (own === undefined) problems.push({ ref: refOf(object), code: error.code, text: error.message });
        return undefined;
      });
      const namespaced = kind?.namespaced ?? own?.namespaced;
      if (namespaced === undefined) return undefined;
      return { ...place(object, namespaced, scope, id), unborn: kind === undefined };
    }),
  );
  return placed.filter((one): one is Placed => {
    if (one === undefined) return false;
    const key = keyOf(one.ref);
    if (seen.has(key)) {
      problems.push({
        ref: one.ref,
        code: "MANIFEST_INVALID",
        text: "it is there twice; leave one of them out",
      });
      return false;
    }
    seen.add(key);
    return true;
  });
}

export function setIdOf({ set, namespace }: Pick<ApplyScope, "set" | "namespace">): string {
  return applySetId({ name: set, namespace, kind: "Secret", group: "" });
}

/** Kinds that definitions among the objects make, by `group/kind`. */
export function definedKinds(
  objects: readonly KubeObject[],
): ReadonlyMap<string, { readonly namespaced: boolean }> {
  const definitions = objects.filter(
    (object) => object.kind === "CustomResourceDefinition" && groupOf(object) === "apiextensions.k8s.io",
  );
  return new Map(
    definitions.map((object) => [
      `${text(object, "spec", "group")}/${text(object, "spec", "names", "kind")}`,
      { namespaced: text(object, "spec", "scope") !== "Cluster" },
    ]),
  );
}

function place(
  object: KubeObject,
  namespaced: boolean,
  scope: ApplyScope,
  id: string,
): Pick<Placed, "ref" | "object"> {
  const { namespace: given, ...rest } = withoutServersFields(object.metadata);
  const where = namespaced ? { namespace: given ?? scope.namespace } : {};
  const labels = { ...rest.labels, [MEMBER]: id };
  const placed = { ...object, metadata: { ...rest, ...where, labels } };
  return { ref: refOf(placed), object: placed };
}

/** Without what only a server sets, and refuses to be given: manifests are often copied from a cluster. */
function withoutServersFields(metadata: KubeMetadata): KubeMetadata {
  const {
    uid: _uid,
    resourceVersion: _version,
    generation: _generation,
    creationTimestamp: _created,
    managedFields: _managed,
    selfLink: _link,
    ...ours
  } = metadata as KubeMetadata & { readonly selfLink?: string };
  return ours;
}

/** What an object lacks that every object has. Objects come from files, so nothing about them is sure. */
function incomplete(object: KubeObject): string | undefined {
  const [kind, apiVersion] = [text(object, "kind"), text(object, "apiVersion")];
  if (kind === "" || apiVersion === "") return "an object has no kind or no apiVersion";
  const name = text(object, "metadata", "name");
  if (name === "") {
    const generated =
      at(object, "metadata", "generateName") === undefined
        ? ""
        : "; generateName makes a new object each time, which cannot be applied";
    return `a ${kind} has no metadata.name${generated}`;
  }
  if (kind === "List" || list(object, "items").length > 0) {
    return `${nameOf({ apiVersion, kind, name })} is a list: give its items one by one`;
  }
  return undefined;
}
