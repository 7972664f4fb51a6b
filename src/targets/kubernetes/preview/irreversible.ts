import type { ClusterApi } from "../api/types.ts";
import { isPrecious } from "../apply/precious.ts";
import { groupOf, nameOf } from "../apply/refs.ts";
import { MANAGER } from "../release/types.ts";
import type { RenderedService } from "../render/types.ts";
import type { ObjectChange } from "./changes.ts";

/** What going back leaves undone once a release's jobs have run. */
export function ofHooks({ before, after }: Pick<RenderedService, "before" | "after">): readonly string[] {
  return [...before, ...after].flatMap(({ name, forwardOnly }) =>
    forwardOnly
      ? `the migration ${name} is forwardOnly: once it has begun, a failure holds the release as it stands`
      : [],
  );
}

/** What of these changes putting our own fields back would not undo. */
export async function ofChanges(
  api: ClusterApi,
  changes: readonly ObjectChange[],
): Promise<readonly string[]> {
  const reasons = await Promise.all(
    changes.map(async (one): Promise<readonly string[]> => {
      const name = nameOf(one.ref);
      switch (one.change) {
        case "update":
          return [...takenOver(one, name), ...grown(one, name)];
        case "create":
          return ofCreation(one, name);
        case "remove":
          return await ofRemoval(api, one, name);
        default:
          return [];
      }
    }),
  );
  return reasons.flat();
}

function ofCreation({ ref }: ObjectChange, name: string): readonly string[] {
  if (isPrecious(ref)) return [`${name} stays when it is taken back, because data would go with it`];
  return ref.kind === "Job" ? [`${name} runs, and what it does is not undone`] : [];
}

function takenOver({ conflicts }: ObjectChange, name: string): readonly string[] {
  const owners = [...new Set(conflicts.map(({ owner }) => owner))];
  return owners.map((owner) => {
    const paths = conflicts.filter((one) => one.owner === owner).map(({ path }) => path);
    return `${name}: ${paths.join(", ")} would be taken over from ${owner}, whose value does not come back`;
  });
}

/** A volume can be made larger, never smaller. */
function grown({ ref, fields }: ObjectChange, name: string): readonly string[] {
  const size = fields.some(({ path }) => path.startsWith("spec.resources"));
  return ref.kind === "PersistentVolumeClaim" && size
    ? [`${name} grows, and cannot be made smaller again`]
    : [];
}

async function ofRemoval(api: ClusterApi, { ref }: ObjectChange, name: string): Promise<readonly string[]> {
  if (isPrecious(ref)) return [`${name} is removed with all that it holds`];
  const group = groupOf(ref);
  // Groups of Kubernetes itself have no dot, or end like this.
  if (group.includes(".") && !group.endsWith(".k8s.io"))
    return [`${name} is removed, and with it whatever its controller then removes`];
  const live = await api.get(ref);
  const others = (live?.metadata.managedFields ?? []).filter(
    ({ manager, subresource = "" }) => manager !== MANAGER && subresource === "",
  );
  if (others.length === 0) return [];
  const who = [...new Set(others.map(({ manager }) => manager))].join(", ");
  return [`${name} is removed, and fields of ${who} in it would not come back`];
}
