import { SERVICE_KEYS } from "../../../util/strategic-merge.ts";
import { at } from "../readiness/object.ts";
import { patched } from "../render/patched.ts";
import { LABELS } from "../render/types.ts";
import { MANAGER } from "../release/types.ts";
import type { KubeObject, ObjectRef } from "../api/types.ts";
import type { Endpoints } from "./endpoints.ts";
import { pickSizes } from "./pick-sizes.ts";
import {
  canFollow,
  type Division,
  type Front,
  type Parties,
  type Party,
  type RouterHands,
  type Sizes,
  type TrafficRouter,
} from "./router.ts";
import { serviceObject, WEIGHT_ANNOTATION } from "./service-object.ts";

/**
 * Divides requests by numbers of pods: one Service selects the pods of both revisions, and each gets as many requests as
 * any other. Needs nothing but Services; weights are as coarse as the pods are few. Meanwhile `<app>-live` leads to the
 * stable release alone, for who compares the two.
 */
export class ReplicasRouter implements TrafficRouter {
  readonly touches: readonly ObjectRef[];
  readonly stableService: string;
  readonly #hands: RouterHands;
  readonly #endpoints: Endpoints;

  constructor(hands: RouterHands, endpoints: Endpoints) {
    this.#hands = hands;
    this.#endpoints = endpoints;
    this.stableService = `${hands.app}-live`;
    this.touches = [this.#ref(hands.app), this.#ref(this.stableService)];
  }

  sizes(weight: number, desired: number): Sizes | undefined {
    if (weight <= 0 || weight >= 100) return undefined;
    return pickSizes(weight, desired);
  }

  url(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  draft(front: Front): readonly KubeObject[] {
    return [this.#service(undefined, front, 0)];
  }

  passing(front: Front): readonly KubeObject[] {
    return [this.#liveService(1, front)];
  }

  async read({ stable, candidate }: Parties): Promise<Division> {
    const service = await this.#live();
    const revision = selected(service);
    if (candidate === undefined || service === undefined) return { weight: 0, asked: 0 };
    if (revision === candidate.revision) return { weight: 100, asked: 100 };
    if (revision !== undefined || stable === undefined) return { weight: 0, asked: 0 };
    const all = candidate.replicas + stable.replicas;
    const share = all === 0 ? 0 : (100 * candidate.replicas) / all;
    // Rounding must not make a part of the traffic look like none or all of it.
    const weight = Math.min(99, Math.max(1, Math.round(share)));
    const asked = Number(service.metadata.annotations?.[WEIGHT_ANNOTATION] ?? weight);
    return { weight, asked: Number.isFinite(asked) ? asked : weight };
  }

  async divide(
    weight: number,
    { stable, candidate }: Parties,
    front: Front,
    signal: AbortSignal,
  ): Promise<void> {
    if (weight <= 0) {
      if (stable !== undefined) await this.settle(stable, front, signal);
      return;
    }
    if (candidate === undefined) return;
    const only = weight >= 100 || stable === undefined ? candidate.revision : undefined;
    if (stable !== undefined) await this.#apply(this.#liveService(stable.revision, front));
    await this.#write(only, front, weight);
    const both = only === undefined && stable !== undefined ? [stable, candidate] : [candidate];
    await this.#follow(both, signal);
  }

  async settle(stable: Party, front: Front, signal: AbortSignal): Promise<void> {
    await this.#write(stable.revision, front, 0);
    await this.#follow([stable], signal);
    const live = await this.#ours(this.stableService);
    if (live === undefined) return;
    await this.#hands.guard();
    await this.#hands.api.remove(this.#ref(this.stableService));
  }

  async isSettled({ revision }: Party): Promise<boolean> {
    const [service, live] = await Promise.all([this.#live(), this.#ours(this.stableService)]);
    return selected(service) === revision && live === undefined;
  }

  async #write(revision: number | undefined, front: Front, weight: number): Promise<void> {
    await this.#apply(this.#service(revision, front, weight));
  }

  async #apply(object: KubeObject): Promise<void> {
    const { api, guard, force } = this.#hands;
    await guard();
    await api.apply(object, { manager: MANAGER, force });
  }

  #liveService(revision: number, { ports }: Front): KubeObject {
    const { app, namespace, labels } = this.#hands;
    return serviceObject({ name: this.stableService, namespace, app, revision, ports, labels });
  }

  #service(revision: number | undefined, front: Front, weight: number): KubeObject {
    const { app, namespace, labels } = this.#hands;
    // Only while it is divided: at rest a Service says nothing of how it got there.
    const annotations =
      revision === undefined ? { annotations: { [WEIGHT_ANNOTATION]: String(weight) } } : {};
    const object = serviceObject({
      name: app,
      namespace,
      app,
      revision,
      ports: front.ports,
      labels,
      ...annotations,
    });
    return patched(object, front.service, SERVICE_KEYS);
  }

  async #follow(parties: readonly Party[], signal: AbortSignal): Promise<void> {
    const { app, timeout } = this.#hands;
    const revisions = parties.filter(canFollow).map(({ revision }) => revision);
    if (revisions.length > 0) await this.#endpoints.follow(app, revisions, { timeout, signal });
  }

  #live(): Promise<KubeObject | undefined> {
    return this.#hands.api.get(this.#ref(this.#hands.app));
  }

  /** Undefined also where another app is called so. */
  async #ours(name: string): Promise<KubeObject | undefined> {
    const { api, labels } = this.#hands;
    const found = await api.get(this.#ref(name));
    const { [LABELS.app]: app, [LABELS.target]: target } = found?.metadata.labels ?? {};
    return app === labels[LABELS.app] && target === labels[LABELS.target] ? found : undefined;
  }

  #ref(name: string): ObjectRef {
    return { apiVersion: "v1", kind: "Service", name, namespace: this.#hands.namespace };
  }
}

/** The one revision that a Service selects; undefined where it selects more, or is not there. */
function selected(service: KubeObject | undefined): number | undefined {
  const value = at(service, "spec", "selector", LABELS.revision);
  return typeof value === "string" ? Number(value) : undefined;
}
