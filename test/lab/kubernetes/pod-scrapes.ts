import { at, text } from "../../../src/targets/kubernetes/readiness/object.ts";
import type { ClusterApi, KubeObject, ObjectWatch } from "../../../src/targets/kubernetes/api/types.ts";
import { setScrapes } from "../prometheus/scrape.ts";

/** Has the lab's Prometheus scrape the pods of a namespace, as they come and go: what its Kubernetes discovery would do. */
export class PodScrapes {
  readonly #namespace: string;
  readonly #watch: ObjectWatch;

  constructor(api: ClusterApi, namespace: string) {
    this.#namespace = namespace;
    this.#watch = api.watch({ apiVersion: "v1", kind: "Pod" }, { namespace });
    this.#watch.broken.catch(() => undefined);
    this.#watch.onChange(() => {
      this.#write();
    });
  }

  close(): void {
    this.#watch.close();
    setScrapes(this.#namespace, {});
  }

  #write(): void {
    const running = [...this.#watch.objects.values()].filter(
      (pod) => text(pod, "status", "phase") === "Running" && text(pod, "status", "podIP") !== "",
    );
    setScrapes(this.#namespace, Object.fromEntries(running.map((pod) => [pod.metadata.name, endpoint(pod)])));
  }
}

function endpoint(pod: KubeObject): string {
  return `${String(at(pod, "status", "podIP"))}:8080`;
}
