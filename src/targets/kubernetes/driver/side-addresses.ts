import { serviceUrl } from "../traffic/service-object.ts";
import type { Ports } from "../traffic/router.ts";
import type { Forwarder } from "./forward.ts";
import { PreviewProxy } from "./preview-proxy.ts";
import { previewName } from "./preview.ts";
import type { Session } from "./session.ts";

/**
 * Where each side of a rollout is asked alone. In a pod of the side's own cluster that is a Service's name; everywhere else a
 * loopback address, which leads to that Service through the API server.
 */
export class SideAddresses {
  readonly #session: Session;
  readonly #forwarder: (() => Forwarder) | undefined;
  readonly #proxies = new Map<string, PreviewProxy>();

  /** @param forwarder makes what sends to the API server; undefined in a pod of the cluster */
  constructor(session: Session, forwarder?: () => Forwarder) {
    this.#session = session;
    this.#forwarder = forwarder;
  }

  candidate(ports: Ports): Promise<string> {
    return this.#address(previewName(this.#session.place.app), ports);
  }

  /** Only while the candidate gets requests: until then the stable release is all that the app's own address reaches. */
  stable(ports: Ports): Promise<string> {
    return this.#address(this.#session.router.stableService, ports);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy.close()));
  }

  #address(name: string, ports: Ports): Promise<string> {
    const { namespace } = this.#session.place;
    if (this.#forwarder === undefined) return Promise.resolve(serviceUrl(name, namespace, ports));
    const proxy =
      this.#proxies.get(name) ?? new PreviewProxy({ namespace, name, port: "http" }, this.#forwarder());
    this.#proxies.set(name, proxy);
    return proxy.url();
  }
}
