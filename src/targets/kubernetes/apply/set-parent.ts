import { SluiceError } from "../../../errors/index.ts";
import type { ClusterApi, KubeObject, ObjectRef } from "../api/types.ts";
import { memberKinds } from "./apply-set.ts";
import { MEMBER_KINDS, MEMBER_NAMESPACES, OUR_TOOLING, SET_ID, TOOLING } from "./apply-set-labels.ts";
import { setIdOf } from "./place.ts";
import { nameOf } from "./refs.ts";
import type { ApplyScope } from "./types.ts";

/** What a set's parent says about where its members may be. */
export interface SetRecord {
  readonly exists: boolean;
  /** As `Kind.group`, sorted. */
  readonly kinds: readonly string[];
  /** Besides the parent's own, sorted. */
  readonly namespaces: readonly string[];
}

export function parentRef({ set, namespace }: Pick<ApplyScope, "set" | "namespace">): ObjectRef {
  return { apiVersion: "v1", kind: "Secret", name: set, namespace };
}

/** Reads a set's parent. Throws `TARGET_STATE` where it is no parent, or another tool keeps the set. */
export async function readSet(api: ClusterApi, scope: ApplyScope): Promise<SetRecord> {
  const ref = parentRef(scope);
  const parent = await api.get(ref);
  if (parent === undefined) return { exists: false, kinds: [], namespaces: [] };
  const { labels = {}, annotations = {} } = parent.metadata;
  if (labels[SET_ID] === undefined) {
    throw new SluiceError(
      "TARGET_STATE",
      `${nameOf(ref)} is there already, and is not the parent of an apply set`,
      {
        hint: "Rename that Secret: its name is needed to remember which objects belong to the release.",
      },
    );
  }
  const tool = annotations[TOOLING] ?? "";
  if (labels[SET_ID] !== setIdOf(scope) || tool.split("/", 1)[0] !== OUR_TOOLING.split("/", 1)[0]) {
    throw new SluiceError(
      "TARGET_STATE",
      `the apply set of ${nameOf(ref)} is kept by ${tool === "" ? "another tool" : `"${tool}"`}, which alone may change it`,
      { hint: `Choose another name for the app, or give the set up there and remove ${nameOf(ref)}.` },
    );
  }
  return {
    exists: true,
    kinds: entries(annotations[MEMBER_KINDS]),
    namespaces: entries(annotations[MEMBER_NAMESPACES]),
  };
}

/** What the parent has to say when exactly `members` are in the set. */
export function recordOf(members: readonly ObjectRef[], scope: ApplyScope): Omit<SetRecord, "exists"> {
  const namespaces = members.flatMap(({ namespace }) => namespace ?? []);
  return {
    kinds: entries(memberKinds(members)),
    namespaces: [...new Set(namespaces)].filter((namespace) => namespace !== scope.namespace).sort(),
  };
}

/** What covers both: written before anything changes, so that a crash loses no member. */
export function supersetOf(
  a: Omit<SetRecord, "exists">,
  b: Omit<SetRecord, "exists">,
): Omit<SetRecord, "exists"> {
  return {
    kinds: [...new Set([...a.kinds, ...b.kinds])].sort(),
    namespaces: [...new Set([...a.namespaces, ...b.namespaces])].sort(),
  };
}

/** Writes the parent, unless it says so already. */
export async function writeSet(
  api: ClusterApi,
  scope: ApplyScope,
  before: SetRecord,
  record: Omit<SetRecord, "exists">,
): Promise<SetRecord> {
  const [kinds, namespaces] = [record.kinds.join(","), record.namespaces.join(",")];
  const same = kinds === before.kinds.join(",") && namespaces === before.namespaces.join(",");
  if (!(before.exists && same)) {
    await api.apply(parentObject(scope, kinds, namespaces), { manager: scope.manager, force: true });
  }
  return { ...record, exists: true };
}

function parentObject(scope: ApplyScope, kinds: string, namespaces: string): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: scope.set,
      namespace: scope.namespace,
      labels: { [SET_ID]: setIdOf(scope) },
      annotations: { [TOOLING]: OUR_TOOLING, [MEMBER_KINDS]: kinds, [MEMBER_NAMESPACES]: namespaces },
    },
  };
}

function entries(list = ""): readonly string[] {
  return list
    .split(",")
    .filter((one) => one !== "")
    .sort();
}
