import type { KubeObject, ObjectRef } from "../api/types.ts";
import { count, text } from "../readiness/object.ts";
import { type LeaseHolder, parseHolder } from "./holder.ts";

/** What is written into a Lease of ours besides its spec. */
const HOLDER = "sluice.dev/lease-holder";

export function leaseRef(namespace: string, name: string): ObjectRef {
  return { apiVersion: "coordination.k8s.io/v1", kind: "Lease", namespace, name };
}

/** A Lease as it is read. */
export interface LeaseState {
  readonly object: KubeObject;
  /** Empty: nobody. Unique for each time that it was taken. */
  readonly identity: string;
  readonly holder: LeaseHolder | undefined;
  /** Milliseconds. */
  readonly duration: number;
  readonly fence: number;
  /** When it was taken, as its holder's clock had it. */
  readonly since: string;
  /** When it was renewed last, by the same clock: milliseconds since 1970. */
  readonly renewed: number;
}

export function readLease(object: KubeObject): LeaseState {
  return {
    object,
    identity: text(object, "spec", "holderIdentity"),
    holder: parseHolder(object.metadata.annotations?.[HOLDER]),
    duration: count(object, "spec", "leaseDurationSeconds") * 1_000,
    fence: count(object, "spec", "leaseTransitions"),
    since: text(object, "spec", "acquireTime"),
    renewed: Date.parse(text(object, "spec", "renewTime")),
  };
}

export interface LeaseWrite {
  readonly ref: ObjectRef;
  readonly identity: string;
  readonly holder: LeaseHolder;
  /** Milliseconds. */
  readonly duration: number;
  readonly fence: number;
  /** Milliseconds since 1970. */
  readonly acquired: number;
  readonly renewed: number;
}

/** The Lease to write; in place of `before`, whose version must then still be the newest. */
export function leaseObject(write: LeaseWrite, before: KubeObject | undefined): KubeObject {
  const { ref, identity, holder, duration, fence, acquired, renewed } = write;
  const { name, namespace = "" } = ref;
  const annotations = { ...before?.metadata.annotations, [HOLDER]: JSON.stringify(holder) };
  return {
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: { ...before?.metadata, name, namespace, annotations },
    spec: {
      holderIdentity: identity,
      leaseDurationSeconds: Math.max(1, Math.ceil(duration / 1_000)),
      leaseTransitions: fence,
      acquireTime: microTime(acquired),
      renewTime: microTime(renewed),
    },
  };
}

/** A Lease that nobody holds: as it was, without its holder. */
export function releasedObject(before: KubeObject): KubeObject {
  const { holderIdentity: _holder, ...spec } = before.spec ?? {};
  const { [HOLDER]: _gone, ...annotations } = before.metadata.annotations ?? {};
  return { ...before, metadata: { ...before.metadata, annotations }, spec };
}

/** The API's MicroTime has six digits after the second. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}
