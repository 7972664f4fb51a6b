import { SluiceError } from "../../../errors/index.ts";
import type { ClusterApi, KubeObject, ObjectWatch } from "../api/types.ts";
import { at, list, text } from "../readiness/object.ts";
import { workloadName } from "../render/types.ts";
import { untilSeen } from "./until-seen.ts";

const SLICE = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" } as const;
const OF_SERVICE = "kubernetes.io/service-name";

/**
 * Which pods get the requests of an app's Services: what the cluster has made of a selector. A Service that was changed
 * is in force when its EndpointSlices say so, not before.
 */
export class Endpoints {
  readonly #api: ClusterApi;
  readonly #app: string;
  readonly #namespace: string;
  #watch: ObjectWatch | undefined;

  constructor(api: ClusterApi, app: string, namespace: string) {
    this.#api = api;
    this.#app = app;
    this.#namespace = namespace;
  }

  /**
   * Waits until a Service's requests go to each of these revisions, and to no other pods. Rejects with `TARGET_STATE`
   * after `timeout` ms.
   */
  async follow(
    service: string,
    revisions: readonly number[],
    options: { readonly timeout: number; readonly signal: AbortSignal },
  ): Promise<void> {
    const watch = this.#watching();
    const prefixes = revisions.map((revision) => `${workloadName(this.#app, revision)}-`);
    const holds = (): boolean => {
      const pods = takingRequests(watch, service);
      return (
        prefixes.every((prefix) => pods.some((pod) => pod.startsWith(prefix))) &&
        pods.every((pod) => prefixes.some((prefix) => pod.startsWith(prefix)))
      );
    };
    if (await untilSeen(watch, holds, options)) return;
    const now = takingRequests(watch, service);
    throw new SluiceError(
      "TARGET_STATE",
      `the requests of Service ${service} in namespace ${this.#namespace} do not go where they are sent: its endpoints are ${now.length === 0 ? "none" : now.join(", ")}`,
      {
        hint: `Look at its EndpointSlices: kubectl get endpointslices -n ${this.#namespace} -l ${OF_SERVICE}=${service}`,
      },
    );
  }

  close(): void {
    this.#watch?.close();
  }

  #watching(): ObjectWatch {
    const names = ["", "-preview", "-stable", "-candidate"].map((end) => `${this.#app}${end}`);
    this.#watch ??= this.#api.watch(SLICE, {
      namespace: this.#namespace,
      labels: `${OF_SERVICE} in (${names.join(",")})`,
    });
    return this.#watch;
  }
}

/** The names of the pods that new requests may go to. */
function takingRequests(watch: ObjectWatch, service: string): readonly string[] {
  return [...watch.objects.values()]
    .filter((slice: KubeObject) => slice.metadata.labels?.[OF_SERVICE] === service)
    .flatMap((slice) => list(slice, "endpoints"))
    .filter((endpoint) => at(endpoint, "conditions", "ready") !== false)
    .map((endpoint) => text(endpoint, "targetRef", "name"));
}
