import type { KubeObject } from "../api/types.ts";
import { changedFields } from "../apply/diff.ts";
import { explainFault } from "../apply/explain.ts";
import { refOf } from "../apply/refs.ts";
import type { Session } from "../driver/session.ts";
import { MANAGER } from "../release/types.ts";
import { LABELS } from "../render/types.ts";
import type { ObjectChange } from "./changes.ts";

const REVISION_ENV = "SLUICE_REVISION";
/** What the controller numbers its own rollouts by. */
const ROLLOUT = "deployment.kubernetes.io/revision";

/**
 * What is different in an object that is made beside the one whose place it takes: all but its name and its revision. The
 * server is asked by a dry run, so that its own defaults are on both sides.
 */
export async function previewInPlace(
  { api, force }: Pick<Session, "api" | "force">,
  fresh: KubeObject,
  old: KubeObject | undefined,
  scrub: (text: string) => string,
): Promise<ObjectChange> {
  const about = { ref: refOf(fresh), conflicts: [], ...(old && { replaces: old.metadata.name }) };
  let result: KubeObject;
  try {
    result = await api.apply(fresh, { manager: MANAGER, force, dryRun: true });
  } catch (error) {
    const problem = explainFault(about.ref, error);
    if (problem === undefined) throw error;
    return { ...about, change: "refused", fields: [], problem: scrub(problem.text) };
  }
  if (old === undefined) return { ...about, change: "create", fields: [] };
  const { apiVersion, kind } = fresh;
  const fields = changedFields(alike({ ...old, apiVersion, kind }), alike({ ...result, apiVersion, kind }));
  const scrubbed = fields.map(({ path, from, to }) => ({
    path,
    ...(from === undefined ? {} : { from: scrub(from) }),
    ...(to === undefined ? {} : { to: scrub(to) }),
  }));
  return { ...about, change: "update", fields: scrubbed };
}

/** Without what tells one revision from another. */
function alike(object: KubeObject): KubeObject {
  const { [ROLLOUT]: _own, ...annotations } = object.metadata.annotations ?? {};
  const metadata = { ...object.metadata, name: "", annotations };
  return withoutRevision({ ...object, metadata }) as KubeObject;
}

function withoutRevision(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutRevision);
  const members = Object.entries(value).filter(([key]) => key !== LABELS.revision);
  if (members.some(([key, member]) => key === "name" && member === REVISION_ENV))
    return { name: REVISION_ENV };
  return Object.fromEntries(members.map(([key, member]) => [key, withoutRevision(member)]));
}
