import type { ClusterApi, KubeObject } from "../api/types.ts";
import { changedFields } from "./diff.ts";
import { dryRun, type Inspected, inspectObjects, type Inspection } from "./inspect.ts";
import { type Placed, placeObjects, setIdOf } from "./place.ts";
import type { Problem } from "./problems.ts";
import { prunable } from "./prune.ts";
import { scrubber } from "./scrub.ts";
import type { ApplyScope, ObjectPreview } from "./types.ts";

/** How often an object is asked about again that changes all the time. */
const ATTEMPTS = 3;

export interface PreviewOptions {
  readonly signal: AbortSignal;
  /** Takes secrets out of values and of what the server says. */
  readonly mask?: (text: string) => string;
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
  const previews = await Promise.all(inspected.map((one) => previewOf(inspection, one, scope.force)));
  return [
    ...problems.map(({ ref, text }): ObjectPreview => refused(ref, text)),
    ...previews.map((one) => masked(one, inspection.scrub)),
    ...removed
      .filter(({ kept }) => kept === undefined)
      .map(({ ref }): ObjectPreview => ({ ref, change: "remove", fields: [], conflicts: [] })),
  ];
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
  const result = one.result ?? (conflicts.length > 0 ? await dryRun(inspection, placed, true) : undefined);
  if (result === undefined) return { ref, change: "refused", fields: [], conflicts, ...problem };
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
