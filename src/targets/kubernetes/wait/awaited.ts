import type { ClusterApi, KubeObject, ObjectWatch } from "../api/types.ts";
import { nameOf, watchKey } from "../apply/refs.ts";
import type { Applied } from "../apply/types.ts";
import { endOfJob } from "../readiness/others.ts";
import { judgeReadiness } from "../readiness/judge.ts";
import type { PodTrouble } from "../readiness/pods.ts";
import { TRANSIENT, type Verdict } from "../readiness/verdict.ts";
import type { Creations } from "./creations.ts";
import { podStory } from "./pod-story.ts";
import { PodPatienceWatch } from "./pod-watch.ts";
import { newestReplicaSet, podsOf } from "./pods-of.ts";
import { stillAsApplied, supersededError } from "./superseded.ts";
import type { Patience } from "./types.ts";

/** Where an object is seen, and what was made for it. */
export interface Sight {
  readonly object: ObjectWatch;
  /** Absent for kinds without, and where we may not see them. */
  readonly replicaSets?: ReadonlyMap<string, KubeObject>;
  readonly pods?: ReadonlyMap<string, KubeObject>;
  readonly creations?: Creations;
}

export type Look =
  | { readonly state: "ready"; readonly text: string }
  /** `again`: milliseconds after which to look even if nothing changes. */
  | { readonly state: "waiting"; readonly text: string; readonly again: number }
  | {
      readonly state: "failed";
      readonly text: string;
      readonly hint?: string;
      readonly trouble?: PodTrouble;
    };

const NOTHING: ReadonlyMap<string, KubeObject> = new Map();

/** One applied object on its way to be ready. */
export class Awaited {
  readonly applied: Applied;
  readonly #api: ClusterApi;
  readonly #sight: Sight;
  readonly #patience: Patience;
  readonly #pods: PodPatienceWatch;
  #generation: number | undefined;
  #seen: KubeObject;
  /** A Job as it ended: it may be gone by the time it is looked at. */
  #ended: KubeObject | undefined;
  readonly #unhear: () => void;
  #refused: { readonly text: string; readonly since: number } | undefined;

  constructor(api: ClusterApi, applied: Applied, sight: Sight, patience: Patience) {
    this.#api = api;
    this.applied = applied;
    this.#sight = sight;
    this.#patience = patience;
    this.#pods = new PodPatienceWatch(patience);
    this.#generation = applied.generation;
    this.#seen = typed(applied.object, applied);
    const { ref, object } = applied;
    this.#unhear = sight.object.onChange((key, now) => {
      if (ref.kind !== "Job" || key !== watchKey(ref) || now?.metadata.uid !== object.metadata.uid) return;
      if (now !== undefined && endOfJob(now) !== undefined) this.#ended = now;
    });
  }

  close(): void {
    this.#unhear();
  }

  get name(): string {
    return nameOf(this.applied.ref);
  }

  /** As last seen. */
  get seen(): KubeObject {
    return this.#seen;
  }

  /** The pods of its newest revision. */
  get pods(): readonly KubeObject[] {
    const { replicaSets = NOTHING, pods = NOTHING } = this.#sight;
    return podsOf(this.#seen, replicaSets.values(), pods.values());
  }

  /** The object, and what stands between it and its pods. */
  get family(): readonly KubeObject[] {
    const between =
      this.#seen.kind === "Deployment"
        ? newestReplicaSet(this.#seen, (this.#sight.replicaSets ?? NOTHING).values())
        : undefined;
    return between === undefined ? [this.#seen] : [this.#seen, between];
  }

  /** How it stands. Throws `TARGET_STATE` where somebody else has changed or removed it. */
  async look(now: number): Promise<Look> {
    const seen = this.#sight.object.objects.get(watchKey(this.applied.ref));
    const object = seen ?? this.#ended ?? (await this.#ask());
    if (object.metadata.uid !== this.applied.object.metadata.uid && !this.#isBehind(object)) {
      throw supersededError(this.applied, await this.#live(), "it was removed and made anew");
    }
    this.#seen = typed(object, this.applied);
    const verdict = judgeReadiness(this.#seen, this.#generation);
    if (verdict.state === "superseded") return await this.#superseded(verdict, now);
    return this.#withPods(verdict, now);
  }

  /** Not seen by the watch: it may be behind, if it was begun before the object was made. */
  async #ask(): Promise<KubeObject> {
    const live = await this.#live();
    if (live === undefined) throw supersededError(this.applied, undefined, "it was removed");
    return live;
  }

  async #live(): Promise<KubeObject | undefined> {
    return await this.#api.get(this.applied.ref);
  }

  /** An older object of the same name, which a watch that was begun before still shows. */
  #isBehind(object: KubeObject): boolean {
    const [seen, ours] = [object.metadata.creationTimestamp, this.applied.object.metadata.creationTimestamp];
    return seen !== undefined && ours !== undefined && seen < ours;
  }

  async #superseded(verdict: Verdict, now: number): Promise<Look> {
    const live = await this.#live();
    if (live === undefined || !stillAsApplied(this.applied.object, live)) {
      throw supersededError(this.applied, live, verdict.text);
    }
    this.#generation = live.metadata.generation;
    this.#seen = typed(live, this.applied);
    return this.#withPods(judgeReadiness(this.#seen, this.#generation), now);
  }

  #withPods(verdict: Verdict, now: number): Look {
    if (verdict.state === "ready") return verdict;
    const { trouble, again } = this.#pods.look(this.#seen.kind, this.pods, now);
    if (trouble !== undefined) {
      const container = trouble.container === undefined ? "" : `, container ${trouble.container}`;
      return { state: "failed", text: `pod ${trouble.pod}${container}: ${trouble.text}`, trouble };
    }
    if (verdict.state === "failed" && verdict.transient !== true) return verdict;
    const refused = verdict.state === "failed" ? verdict.text : this.#sight.creations?.refusalOf(this.#seen);
    const left = this.#refusedFor(refused, now);
    if (refused !== undefined && left <= 0) return { state: "failed", text: refused };
    const story = this.pods.map(podStory).find((text) => text !== undefined);
    const texts = [...new Set([verdict.text, refused, story])].filter((text) => text !== undefined);
    return { state: "waiting", text: texts.join("; "), again: Math.min(again, left) };
  }

  /** Milliseconds that a refusal has left until it counts. */
  #refusedFor(refused: string | undefined, now: number): number {
    if (refused === undefined) {
      this.#refused = undefined;
      return Infinity;
    }
    this.#refused ??= { text: refused, since: now };
    return this.#refused.since + (this.#patience.refused ?? TRANSIENT) - now;
  }
}

/** Items of lists, and answers of some servers, come without their kind. */
function typed(object: KubeObject, { ref }: Applied): KubeObject {
  return { ...object, apiVersion: ref.apiVersion, kind: ref.kind };
}
