import { isSluiceError } from "../../../errors/index.ts";
import type { ApiFault } from "../api/api-fault.ts";
import type { ObjectRef } from "../api/types.ts";
import type { Problem } from "./problems.ts";
import type { FieldConflict } from "./types.ts";

/** An error of the API server, where it is one. */
export function faultOf(error: unknown): ApiFault | undefined {
  return isSluiceError(error) && "status" in error && "causes" in error ? (error as ApiFault) : undefined;
}

/** The fields that others own, of a refused apply. */
export function conflictsOf(error: unknown): readonly FieldConflict[] {
  const fault = faultOf(error);
  if (fault?.status !== 409) return [];
  return fault.causes
    .filter(({ reason }) => reason === "FieldManagerConflict")
    .map(({ field, message }) => ({ path: field.replace(/^\./, ""), owner: ownerIn(message) }));
}

/** `conflict with "kubectl" using apps/v1` names the manager in quotes. */
function ownerIn(message: string): string {
  return /with "((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? message;
}

/**
 * What the server's refusal of one object means, and what to do about it; `undefined` where it is not about the object,
 * but about the server.
 */
export function explainFault(ref: ObjectRef, error: unknown): Problem | undefined {
  const fault = faultOf(error);
  if (fault === undefined) return undefined;
  const conflicts = conflictsOf(fault);
  if (conflicts.length > 0) return conflictProblem(ref, conflicts);
  const { status, causes } = fault;
  const details = causes.map(({ field, message }) => (field === "" ? message : `${field}: ${message}`));
  const text = details.length === 0 ? fault.message : details.join("\n");
  const frozen = causes.find(({ message }) => IMMUTABLE.test(message));
  if (frozen !== undefined || (status === 422 && IMMUTABLE.test(fault.message)))
    return { ref, code: "MANIFEST_INVALID", text, hint: replaceHint(ref) };
  if (status === 401 || status === 403) return { ref, code: "CLUSTER_DENIED", text };
  if (status === 409) return { ref, code: "CLUSTER_REFUSED", text };
  // An apply that does not fit the kind's schema was answered with 500 by servers before 1.35.
  const misshapen =
    /failed to (?:create (?:typed patch object|manager for)|convert new object)|cannot be handled as|strict decoding/.test(
      fault.message,
    );
  if (
    fault.code === "MANIFEST_INVALID" ||
    misshapen ||
    (status >= 400 && status < 500 && status !== 429 && status !== 408)
  )
    return { ref, code: "MANIFEST_INVALID", text };
  return undefined;
}

const IMMUTABLE =
  /field is immutable|may not change once set|updates to \S+ spec for fields other than|is immutable (?:after|when)|spec is immutable/;

function conflictProblem(ref: ObjectRef, conflicts: readonly FieldConflict[]): Problem {
  const lines = conflicts.map(({ path, owner }) => `${path} is owned by "${owner}"`);
  return {
    ref,
    code: "FIELD_CONFLICT",
    text: lines.join("; "),
    hint: "Leave the field out of the manifest, so that the other keeps it, or take it over with the option force: true.",
  };
}

/** What helps where a field cannot be changed once the object is there. */
function replaceHint({ kind, name, namespace }: ObjectRef): string {
  const where = namespace === undefined ? "" : ` -n ${namespace}`;
  const remove = `kubectl delete ${kind.toLowerCase()} ${name}${where}`;
  switch (kind) {
    case "Job":
      return `A Job cannot be changed once it is made: give it a name of its own for each version, or delete the old one: ${remove}.`;
    case "Deployment":
    case "ReplicaSet":
    case "DaemonSet":
      return `A ${kind}'s selector stays as it was made: give it another name, or delete it and leave its pods running meanwhile: ${remove} --cascade=orphan.`;
    case "StatefulSet":
      return `Of a StatefulSet only replicas, template, update strategy and a few more can be changed: to change the rest, delete it and leave its pods running meanwhile: ${remove} --cascade=orphan.`;
    case "PersistentVolumeClaim":
      return "Of a PersistentVolumeClaim only the size can be changed, and only made larger: use another name and move the data.";
    case "ConfigMap":
    case "Secret":
      return `An immutable ${kind} is never changed: give it a name of its own for each content.`;
    default:
      return `Give it another name, or delete the old one first: ${remove}.`;
  }
}
