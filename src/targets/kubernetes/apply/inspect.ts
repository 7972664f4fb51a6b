import pLimit from "p-limit";
import type { ClusterApi, KubeObject } from "../api/types.ts";
import { MEMBER } from "./apply-set-labels.ts";
import { conflictsOf, explainFault, faultOf } from "./explain.ts";
import { inWaves } from "./order.ts";
import type { Placed } from "./place.ts";
import type { Problem } from "./problems.ts";
import { groupOf, keyOf, nameOf } from "./refs.ts";
import type { ApplyScope, FieldConflict } from "./types.ts";

/** How many objects are asked about or applied at once. */
export const AT_ONCE = 10;

/** What the server says that applying an object would do. */
export interface Inspected {
  readonly placed: Placed;
  /** What would come of it. */
  readonly result?: KubeObject;
  /** What is there now. */
  readonly live?: KubeObject;
  readonly problem?: Problem;
  readonly conflicts: readonly FieldConflict[];
  /** Why the server cannot say it yet. */
  readonly late?: string;
  /** Whether it can be asked again later: not where the cluster can never say it. */
  readonly later?: boolean;
}

export interface Inspection {
  readonly api: ClusterApi;
  readonly scope: ApplyScope;
  readonly id: string;
  readonly scrub: (text: string) => string;
  readonly signal: AbortSignal;
  /** All objects of the set: what one of them misses may be made by another. */
  readonly all: readonly Placed[];
  /** Whether one of them has been applied already. */
  readonly isThere: (placed: Placed) => boolean;
  /** What was there just before, by {@link keyOf}: it is not asked for again. */
  readonly known?: ReadonlyMap<string, KubeObject>;
  /** Asks what would come of an object where another program will write it. @defaultValue server-side apply, by ourselves */
  readonly attempt?: (object: KubeObject, force: boolean) => Promise<KubeObject>;
}

/** Asks the server for each object what applying it would do. Nothing changes. Rejects where the server cannot be asked. */
export async function inspectObjects(
  inspection: Inspection,
  objects: readonly Placed[],
): Promise<readonly Inspected[]> {
  const limit = pLimit(AT_ONCE);
  return await Promise.all(objects.map((placed) => limit(() => inspect(inspection, placed))));
}

async function inspect(inspection: Inspection, placed: Placed): Promise<Inspected> {
  const { scope, signal } = inspection;
  signal.throwIfAborted();
  if (placed.unborn) {
    return { placed, conflicts: [], late: "its kind is made by one of the same objects", later: true };
  }
  try {
    return await withLive(inspection, placed, await dryRun(inspection, placed, scope.force));
  } catch (error) {
    const late = lateness(error, placed, inspection);
    if (late !== undefined) return { placed, conflicts: [], ...late };
    const problem = explainFault(placed.ref, error);
    if (problem === undefined) throw error;
    const told = { ...problem, text: inspection.scrub(problem.text) };
    const conflicts = conflictsOf(error);
    if (conflicts.length === 0) return { placed, conflicts, problem: told };
    const live = await liveOf(inspection, placed);
    return { placed, conflicts, problem: told, ...(live === undefined ? {} : { live }) };
  }
}

/** What would come of applying an object. */
export function dryRun(
  { api, scope, attempt }: Inspection,
  { object }: Placed,
  force: boolean,
): Promise<KubeObject> {
  if (attempt !== undefined) return attempt(object, force);
  return api.apply(object, { manager: scope.manager, force, dryRun: true });
}

async function liveOf({ api, known }: Inspection, { ref }: Placed): Promise<KubeObject | undefined> {
  return known?.get(keyOf(ref)) ?? (await api.get(ref));
}

async function withLive(inspection: Inspection, placed: Placed, result: KubeObject): Promise<Inspected> {
  const { id, scope } = inspection;
  const conflicts: readonly FieldConflict[] = [];
  // Only what is there already has a version.
  if (result.metadata.resourceVersion === undefined) return { placed, result, conflicts };
  const live = await liveOf(inspection, placed);
  if (live === undefined) return { placed, result, conflicts };
  const other = live.metadata.labels?.[MEMBER];
  if (other === undefined || other === id || scope.force) return { placed, result, live, conflicts };
  const problem: Problem = {
    ref: placed.ref,
    code: "TARGET_STATE",
    text: `it belongs to another apply set, ${other}: whoever keeps that would remove it one day`,
    hint: "Leave it out of one of the two, or take it over with the option force: true.",
  };
  return { placed, result, live, conflicts, problem };
}

/** Whether an object was refused only because another one of the set is not there yet. */
function lateness(
  error: unknown,
  placed: Placed,
  { all, isThere }: Inspection,
): { readonly late: string; readonly later: boolean } | undefined {
  const fault = faultOf(error);
  if (fault === undefined || conflictsOf(fault).length > 0) return undefined;
  if (fault.status === 400 && /does not support dry run/.test(fault.message)) {
    return { late: "an admission webhook of the cluster does not support dry runs", later: false };
  }
  const group = groupOf(placed.ref);
  const missing = all.filter((one) => !isThere(one));
  const definition = missing.find(
    ({ ref }) => ref.kind === "CustomResourceDefinition" && ref.name.endsWith(`.${group}`) && group !== "",
  );
  if (definition !== undefined)
    return { late: `${nameOf(definition.ref)} is one of the same objects`, later: true };
  // For example `namespaces "shop" not found`, or a role, or a service account.
  const name = /"([^"]+)" not found/.exec(fault.message)?.[1];
  if (name === undefined || (fault.status !== 404 && fault.status !== 403)) return undefined;
  const earlier = earlierThan(placed, all).find((one) => one.ref.name === name && !isThere(one));
  return earlier === undefined ? undefined : { late: `${nameOf(earlier.ref)} is not there yet`, later: true };
}

/** The objects of the waves before the one of `placed`. */
function earlierThan(placed: Placed, all: readonly Placed[]): readonly Placed[] {
  const waves = inWaves(all.map((one) => ({ ...one.object, placed: one })));
  const own = waves.findIndex(({ objects }) =>
    objects.some((one) => keyOf(one.placed.ref) === keyOf(placed.ref)),
  );
  return waves.slice(0, own).flatMap(({ objects }) => objects.map((one) => one.placed));
}
