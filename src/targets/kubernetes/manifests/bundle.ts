import { canonicalJson, sha256 } from "../../../util/canonical-json.ts";
import type { RenderedBundle } from "../render/types.ts";
import type { PlacedObject } from "./objects.ts";
import type { ManifestProblems } from "./problems.ts";

/** Objects as one bundle. One that stands twice is a problem: which of them counts would depend on the order. */
export function bundleOf(placed: readonly PlacedObject[], problems: ManifestProblems): RenderedBundle {
  const seen = new Map<string, string>();
  for (const { object, where } of placed) {
    const [group = ""] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : [""];
    const { name, namespace = "" } = object.metadata;
    const key = [group, object.kind, namespace, name].join("\n");
    const first = seen.get(key);
    if (first === undefined) seen.set(key, where);
    else problems.add(where, `${object.kind} "${name}" stands at ${first} already`);
  }
  problems.throwIfAny();
  const objects = placed.map(({ object }) => object);
  return { digest: sha256(canonicalJson(objects)), objects };
}
