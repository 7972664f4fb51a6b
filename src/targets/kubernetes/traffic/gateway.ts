import type { KubeObject, ObjectRef } from "../api/types.ts";
import { at, count, list, text } from "../readiness/object.ts";
import { isReachedAlike } from "../readiness/parents.ts";
import { patched } from "../render/patched.ts";
import { LABELS } from "../render/types.ts";
import { MANAGER } from "../release/types.ts";
import { SluiceError } from "../../../errors/index.ts";
import { SERVICE_KEYS } from "../../../util/strategic-merge.ts";
import type { GatewayParent } from "../spec.ts";
import type { Endpoints } from "./endpoints.ts";
import { gatewayUrl } from "./gateway-url.ts";
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
import { serviceObject } from "./service-object.ts";
import { untilTaken } from "./until-taken.ts";

const ROUTE = { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" } as const;

/**
 * Divides requests by the weights of an HTTPRoute between two Services, `<app>-stable` and `<app>-candidate`. The Service
 * `<app>` itself, for those who ask inside the cluster, follows the stable release.
 *
 * Source: Gateway API v1, HTTPRouteRule.backendRefs[].weight; RouteParentStatus.conditions Accepted and ResolvedRefs.
 */
export class GatewayRouter implements TrafficRouter {
  readonly touches: readonly ObjectRef[];
  readonly stableService: string;
  readonly #hands: RouterHands;
  readonly #endpoints: Endpoints;
  readonly #parents: readonly GatewayParent[];
  readonly #hostnames: readonly string[];
  #url: Promise<string | undefined> | undefined;

  constructor(
    hands: RouterHands,
    endpoints: Endpoints,
    options: { readonly parents: readonly GatewayParent[]; readonly hostnames: readonly string[] },
  ) {
    const { app, namespace } = hands;
    this.#hands = hands;
    this.#endpoints = endpoints;
    this.#parents = options.parents;
    this.#hostnames = options.hostnames;
    const service = (name: string): ObjectRef => ({ apiVersion: "v1", kind: "Service", name, namespace });
    this.stableService = `${app}-stable`;
    this.touches = [app, this.stableService, `${app}-candidate`]
      .map(service)
      .concat({ ...ROUTE, name: app, namespace });
  }

  /** Weights do not depend on the number of pods. */
  sizes(): Sizes | undefined {
    return undefined;
  }

  url(): Promise<string | undefined> {
    const { api, namespace } = this.#hands;
    const route = { parents: this.#parents, hostnames: this.#hostnames };
    return (this.#url ??= gatewayUrl(api, namespace, route));
  }

  draft(front: Front): readonly KubeObject[] {
    const { app } = this.#hands;
    const services = [app, `${app}-stable`, `${app}-candidate`].map((name) => this.#service(name, 1, front));
    return [...services, this.#route(0, front)];
  }

  passing(): readonly KubeObject[] {
    return [];
  }

  async read({ candidate }: Parties): Promise<Division> {
    const route = candidate && (await this.#hands.api.get(this.#routeRef()));
    const weight = candidate === undefined ? 0 : weightOf(route, `${this.#hands.app}-candidate`);
    return { weight, asked: weight };
  }

  async divide(
    weight: number,
    { stable, candidate }: Parties,
    front: Front,
    signal: AbortSignal,
  ): Promise<void> {
    const { app } = this.#hands;
    if (weight <= 0) {
      if (stable !== undefined) await this.settle(stable, front, signal);
      return;
    }
    if (candidate === undefined) return;
    // A first release has nobody to share with: it gets the name that stays at once.
    if (stable === undefined) {
      await this.settle(candidate, front, signal);
      return;
    }
    await this.#point(`${app}-stable`, stable, front, signal);
    await this.#point(`${app}-candidate`, candidate, front, signal);
    await this.#weigh(weight, front, signal);
  }

  async settle(stable: Party, front: Front, signal: AbortSignal): Promise<void> {
    const { app, api } = this.#hands;
    // While the candidate's Service still takes all, this one has no requests to lose.
    await this.#point(`${app}-stable`, stable, front, signal);
    await this.#point(app, stable, front, signal);
    const candidate = await api.get(this.#serviceRef(`${app}-candidate`));
    if (candidate === undefined) await this.#point(`${app}-candidate`, stable, front, signal);
    await this.#weigh(0, front, signal);
    if (candidate !== undefined) await this.#point(`${app}-candidate`, stable, front, signal);
  }

  async isSettled({ revision }: Party): Promise<boolean> {
    const { api, app } = this.#hands;
    const [route, ...services] = await Promise.all([
      api.get(this.#routeRef()),
      ...[app, `${app}-stable`, `${app}-candidate`].map((name) => api.get(this.#serviceRef(name))),
    ]);
    return (
      route !== undefined &&
      weightOf(route, `${app}-candidate`) === 0 &&
      isReachedAlike(route, this.#route(0, { ports: [] })) &&
      services.every((service) => at(service, "spec", "selector", LABELS.revision) === String(revision))
    );
  }

  async #point(name: string, party: Party, front: Front, signal: AbortSignal): Promise<void> {
    const { api, guard, force, timeout } = this.#hands;
    const { revision } = party;
    await guard();
    await api.apply(this.#service(name, revision, front), { manager: MANAGER, force });
    if (canFollow(party)) await this.#endpoints.follow(name, [revision], { timeout, signal });
  }

  async #weigh(weight: number, front: Front, signal: AbortSignal): Promise<void> {
    const { api, guard, force, timeout, namespace, app } = this.#hands;
    await guard();
    const applied = await api.apply(this.#route(weight, front), { manager: MANAGER, force });
    const verdict = await untilTaken(api, { ...applied, ...ROUTE }, { timeout, signal });
    if (verdict.state === "ready") return;
    throw new SluiceError(
      "TARGET_STATE",
      `the HTTPRoute ${app} in namespace ${namespace} does not divide the requests: ${verdict.text}`,
      { hint: `Look at its status: kubectl describe httproute -n ${namespace} ${app}` },
    );
  }

  #service(name: string, revision: number, front: Front): KubeObject {
    const { app, namespace, labels } = this.#hands;
    const object = serviceObject({ name, namespace, app, revision, ports: front.ports, labels });
    // The other two are the rollout's: what stands before the cluster must not be made three times.
    return name === app ? patched(object, front.service, SERVICE_KEYS) : object;
  }

  #route(weight: number, { ports }: Front): KubeObject {
    const { app, namespace, labels } = this.#hands;
    const port = Number(ports[0]?.["port"] ?? 80);
    const parentRefs = this.#parents.map((parent) => ({ ...parent }));
    const backendRefs = [
      { name: `${app}-stable`, port, weight: 100 - weight },
      { name: `${app}-candidate`, port, weight },
    ];
    const hostnames = this.#hostnames.length === 0 ? {} : { hostnames: [...this.#hostnames] };
    return {
      ...ROUTE,
      metadata: { name: app, namespace, labels },
      spec: { parentRefs, ...hostnames, rules: [{ backendRefs }] },
    };
  }

  #serviceRef(name: string): ObjectRef {
    return { apiVersion: "v1", kind: "Service", name, namespace: this.#hands.namespace };
  }

  #routeRef(): ObjectRef {
    return { ...ROUTE, name: this.#hands.app, namespace: this.#hands.namespace };
  }
}

function weightOf(route: KubeObject | undefined, backend: string): number {
  const refs = list(route, "spec", "rules").flatMap((rule) => list(rule, "backendRefs"));
  const found = refs.find((ref) => text(ref, "name") === backend);
  return count(found, "weight");
}
