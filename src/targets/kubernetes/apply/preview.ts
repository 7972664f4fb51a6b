import { isSluiceError } from "../../../errors/index.ts";
import type { ClusterApi, KubeObject } from "../api/types.ts";
import { changedFields } from "./diff.ts";
import { explainFault } from "./explain.ts";
import { dryRun, type Inspected, inspectObjects, type Inspection } from "./inspect.ts";
import { type Placed, placeObjects, setIdOf } from "./place.ts";
import type { Problem } from "./problems.ts";
import { prunable } from "./prune.ts";
import { nameOf, refOf } from "./refs.ts";
import { scrubber } from "./scrub.ts";
import type { ApplyScope, ObjectPreview } from "./types.ts";

/** How often an object is asked about again that changes all the time. */
const ATTEMPTS = 3;

export interface PreviewOptions {
  readonly signal: AbortSignal;
  /** Takes secrets out of values and of what the server says. */
  readonly mask?: (text: string) => string;
  /** Told of what is no longer among the objects and would be left as it is all the same. */
  readonly report?: (text: string) => void;
  /** See {@link Inspection.attempt}. */
  readonly attempt?: Inspection["attempt"];
}

/**
 * What applying these objects, and pruning after it, would change, as the server itself says by a dry run. Fields appear
 * as they would be after its defaulting; fields that others own are listed with their owners. With `force` these would be
 * taken over, without it the object is `refused`.
 *
 * Throws `MANIFEST_INVALID` where an object cannot even be named, and `TARGET_STATE` where another tool keeps the set.
 */
export async function previewObjects(
  api: ClusterApi,
  objects: readonly KubeObject[],
  scope: ApplyScope,
  options: PreviewOptions,
): Promise<readonly ObjectPreview[]> {
  const problems: Problem[] = [];
  const all = await placeObjects(api, objects, scope, problems);
  // Without `force`, so that conflicts are seen at all.
  const inspection: Inspection = {
    api,
    scope: { ...scope, force: false },
    id: setIdOf(scope),
    scrub: scrubber(objects, options.mask),
    signal: options.signal,
    all,
    isThere: () => false,
  };
  const [inspected, removed] = await Promise.all([
    inspectAtRest(inspection, all),
    prunable(
      api,
      scope,
      all.map(({ ref }) => ref),
    ),
  ]);
  for (const { ref, kept } of removed) if (kept !== undefined) options.report?.(`${nameOf(ref)}: ${kept}`);
  return [
    ...problems.map(({ ref, text }): ObjectPreview => refused(ref, text)),
    ...(await previewsOf(inspection, inspected, scope.force)),
    ...removed
      .filter(({ kept }) => kept === undefined)
      .map(({ ref }): ObjectPreview => ({ ref, change: "remove", fields: [], conflicts: [] })),
  ];
}

/** The same for objects that belong to no set, each for itself: they carry no label of one, and nothing is pruned. */
export async function previewAlone(
  api: ClusterApi,
  objects: readonly KubeObject[],
  { manager, namespace, force }: Pick<ApplyScope, "manager" | "namespace" | "force">,
  options: Pick<PreviewOptions, "signal" | "mask" | "attempt">,
): Promise<readonly ObjectPreview[]> {
  const problems: Problem[] = [];
  const known = await Promise.all(objects.map((object) => isKnown(api, object, problems)));
  const all = objects
    .filter((_, index) => known[index])
    .map((object): Placed => ({ ref: refOf(object), object, unborn: false }));
  const inspection: Inspection = {
    api,
    scope: { manager, namespace, set: "", force: false },
    id: "",
    scrub: scrubber(objects, options.mask),
    signal: options.signal,
    all,
    isThere: () => false,
    ...(options.attempt === undefined ? {} : { attempt: options.attempt }),
  };
  const inspected = await inspectAtRest(inspection, all);
  // Who keeps a set beside us is no concern of a plain apply.
  const own = inspected.map(({ problem, ...one }) =>
    problem === undefined || problem.code === "TARGET_STATE" ? one : { ...one, problem },
  );
  return [
    ...problems.map(({ ref, text }): ObjectPreview => refused(ref, text)),
    ...(await previewsOf(inspection, own, force)),
  ];
}

/** Whether the server has the object's kind; noted where it has not. */
async function isKnown(api: ClusterApi, object: KubeObject, problems: Problem[]): Promise<boolean> {
  try {
    await api.resource(object);
    return true;
  } catch (error) {
    if (!isSluiceError(error) || error.code !== "MANIFEST_INVALID") throw error;
    problems.push({ ref: refOf(object), code: error.code, text: error.message });
    return false;
  }
}

async function previewsOf(
  inspection: Inspection,
  inspected: readonly Inspected[],
  force: boolean,
): Promise<readonly ObjectPreview[]> {
  const previews = await Promise.all(inspected.map((one) => previewOf(inspection, one, force)));
  return previews.map((one) => masked(one, inspection.scrub));
}

/** Asks again about what a controller wrote to between the two questions: its doing would look like ours. */
async function inspectAtRest(inspection: Inspection, all: readonly Placed[]): Promise<readonly Inspected[]> {
  let inspected = await inspectObjects(inspection, all);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const moved = inspected.filter(isMoved);
    if (moved.length === 0) break;
    const again = await inspectObjects(
      inspection,
      moved.map(({ placed }) => placed),
    );
    const newer = new Map(again.map((one) => [one.placed, one]));
    inspected = inspected.map((one) => newer.get(one.placed) ?? one);
  }
  return inspected;
}

function isMoved({ live, result }: Inspected): boolean {
  if (live === undefined || result === undefined) return false;
  return live.metadata.resourceVersion !== result.metadata.resourceVersion;
}

function refused(ref: Problem["ref"], problem: string): ObjectPreview {
  // What has no name yet stands there as it is.
  const named = ref ?? { apiVersion: "", kind: "object", name: "(unnamed)" };
  return { ref: named, change: "refused", fields: [], conflicts: [], problem };
}

async function previewOf(inspection: Inspection, one: Inspected, force: boolean): Promise<ObjectPreview> {
  const { placed, live, conflicts } = one;
  const { ref } = placed;
  if (one.late !== undefined) return { ref, change: "create", fields: [], conflicts, late: one.late };
  const inTheWay = one.problem !== undefined && !isOvercome(one.problem, force);
  const problem = inTheWay ? { problem: one.problem.text } : {};
  const result = one.result ?? (conflicts.length > 0 ? await taken(inspection, placed) : undefined);
  if (result === undefined) return { ref, change: "refused", fields: [], conflicts, ...problem };
  if (typeof result === "string") return { ref, change: "refused", fields: [], conflicts, problem: result };
  const fields = live === undefined ? [] : changedFields(live, result);
  const change = inTheWay
    ? "refused"
    : live === undefined
      ? "create"
      : fields.length > 0
        ? "update"
        : "unchanged";
  return { ref, change, fields, conflicts, ...problem };
}

/** What would come of it if all fields were taken over; in words, why even that would be refused. */
async function taken(inspection: Inspection, placed: Placed): Promise<KubeObject | string> {
  try {
    return await dryRun(inspection, placed, true);
  } catch (error) {
    const problem = explainFault(placed.ref, error);
    if (problem === undefined) throw error;
    return inspection.scrub(problem.text);
  }
}

/** What `force` takes over. */
function isOvercome({ code }: Problem, force: boolean): boolean {
  return force && (code === "FIELD_CONFLICT" || code === "TARGET_STATE");
}

function masked(preview: ObjectPreview, scrub: (text: string) => string): ObjectPreview {
  const fields = preview.fields.map(({ path, from, to }) => ({
    path,
    ...(from === undefined ? {} : { from: scrub(from) }),
    ...(to === undefined ? {} : { to: scrub(to) }),
  }));
  return { ...preview, fields };
}
