import { vi } from "vitest";
import type { ClusterApi, KubeObject, ObjectWatch } from "../../../src/targets/kubernetes/api/types.ts";
import { at, list } from "../../../src/targets/kubernetes/readiness/object.ts";
import { gatewayDefinitions } from "./gateway-api.mjs";

export const ROUTE = { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" } as const;

/** A Gateway's controller, played: it answers for each generation of each route in a namespace that it sees. */
export class PlayedGateway {
  /** Of the candidate, as they came. */
  readonly weights: number[] = [];
  refuses = false;
  readonly #api: ClusterApi;
  readonly #namespace: string;
  readonly #routes: ObjectWatch;

  private constructor(api: ClusterApi, namespace: string) {
    this.#api = api;
    this.#namespace = namespace;
    this.#routes = api.watch(ROUTE, { namespace });
    this.#routes.onChange((_key, route) => {
      if (route !== undefined) void this.#answer(route);
    });
  }

  static async open(api: ClusterApi, namespace: string): Promise<PlayedGateway> {
    const definition = (await gatewayDefinitions()).find(
      ({ metadata }) => metadata.name === "httproutes.gateway.networking.k8s.io",
    );
    if (definition === undefined) throw new Error("the Gateway API defines no HTTPRoute");
    // A cluster that has one keeps its own.
    const known = await api.get({ ...definition, name: definition.metadata.name });
    if (known === undefined) await api.apply(definition, { manager: "sluice-lab" });
    await vi.waitFor(() => api.list(ROUTE, { namespace: "default" }), { timeout: 30_000, interval: 100 });
    const gateway = new PlayedGateway(api, namespace);
    await gateway.#routes.synced;
    return gateway;
  }

  close(): void {
    this.#routes.close();
  }

  async #answer(route: KubeObject): Promise<void> {
    const observedGeneration = route.metadata.generation;
    const [told] = list(route, "status", "parents");
    const [seen] = list(told, "conditions");
    if (at(seen, "observedGeneration") === observedGeneration) return;
    this.weights.push(Number(at(route, "spec", "rules", 0, "backendRefs", 1, "weight")));
    const condition = (type: string, status: string): object => ({
      type,
      status,
      observedGeneration,
      reason: status === "True" ? type : "BackendNotFound",
      message: status === "True" ? "" : "no such backend",
      lastTransitionTime: new Date().toISOString(),
    });
    const conditions = [
      condition("Accepted", "True"),
      condition("ResolvedRefs", this.refuses ? "False" : "True"),
    ];
    const parents = [{ controllerName: "lab.local/played", parentRef: { name: "public" }, conditions }];
    const ref = { ...ROUTE, name: route.metadata.name, namespace: this.#namespace };
    await this.#api.merge(ref, { status: { parents } }, { subresource: "status" }).catch(() => undefined);
  }
}
