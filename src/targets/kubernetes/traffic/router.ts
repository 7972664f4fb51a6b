import type { ClusterApi, KubeObject, ObjectRef } from "../api/types.ts";
import type { ServiceContent } from "../release/types.ts";

/** The revisions that requests are divided between. */
export interface Parties {
  readonly stable: Party | undefined;
  readonly candidate: Party | undefined;
}

export interface Party {
  readonly revision: number;
  readonly replicas: number;
  /** Replicas that take requests. None: nobody waits for them to. @defaultValue as many as there are */
  readonly ready?: number;
}

/** Whether requests can be seen to come to a side. */
export function canFollow({ ready }: Party): boolean {
  return ready !== 0;
}

/** What the router works with. */
export interface RouterHands {
  readonly api: ClusterApi;
  /** Called before each change. */
  readonly guard: () => Promise<void>;
  readonly app: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly force: boolean;
  /** How long one wait may take: milliseconds. */
  readonly timeout: number;
}

/** A division of requests. */
export interface Division {
  /** Per cent of the requests that the candidate gets. */
  readonly weight: number;
  /** What was asked for, where that is known. */
  readonly asked: number;
}

/** Numbers of replicas that a weight needs. */
export interface Sizes {
  readonly stable: number;
  readonly candidate: number;
}

/**
 * Divides requests between two revisions of one app. It keeps nothing in memory: what is in force is read from the
 * cluster. Every call is idempotent.
 */
export interface TrafficRouter {
  /** The objects that it writes, for the record of a release. */
  readonly touches: readonly ObjectRef[];
  /** The Service that the stable release alone answers while the candidate gets requests. */
  readonly stableService: string;
  /** How many replicas each side must have before `weight` can be set; undefined where any number will do. */
  sizes(weight: number, desired: number): Sizes | undefined;
  /** Where the app is asked from outside; undefined where only its Service's name in the cluster is known. */
  url(): Promise<string | undefined>;
  /** What it would write that stays, for a dry run. */
  draft(front: Front): readonly KubeObject[];
  /** What it would write for as long as the candidate gets requests, for a dry run. */
  passing(front: Front): readonly KubeObject[];
  read(parties: Parties): Promise<Division>;
  /** Sends `weight` per cent to the candidate; resolves when that is in force. */
  divide(weight: number, parties: Parties, front: Front, signal: AbortSignal): Promise<void>;
  /** All requests go to one revision, under the name that stays. */
  settle(stable: Party, front: Front, signal: AbortSignal): Promise<void>;
  /** Whether {@link TrafficRouter.settle} would change nothing. */
  isSettled(stable: Party): Promise<boolean>;
}

/** What a release says of its Service: the ports of each, and what is merged over the one that bears the app's name. */
export type Front = Pick<ServiceContent, "ports" | "service">;

/** A Service's ports as the API has them. */
export type Ports = readonly Readonly<Record<string, unknown>>[];
