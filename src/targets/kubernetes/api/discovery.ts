import { SluiceError } from "../../../errors/index.ts";
import { at, list, text } from "../readiness/object.ts";
import { groupPath } from "./address.ts";
import { jsonOf } from "./json.ts";
import type { Sender } from "./send.ts";
import type { ApiResource, KindRef } from "./types.ts";

/** Source: the aggregated discovery API of Kubernetes 1.30; 1.26 to 1.29 know its beta. */
const AGGREGATED = [
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
  "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
  "application/json",
].join(",");

type Kinds = ReadonlyMap<string, ApiResource>;

/** What the API server serves. Asked for the core and for all groups, each once; servers without that, by group. */
export class Discovery {
  readonly #sender: Sender;
  readonly #cluster: string;
  readonly #all = new Map<string, Promise<Kinds | undefined>>();
  readonly #groups = new Map<string, Promise<Kinds>>();

  constructor(sender: Sender, cluster: string) {
    this.#sender = sender;
    this.#cluster = cluster;
  }

  /** @throws SluiceError `MANIFEST_INVALID` for a kind that is not there, also after asking again */
  async resource({ apiVersion, kind }: KindRef): Promise<ApiResource> {
    const root = apiVersion.includes("/") ? "/apis" : "/api";
    const all = await kept(this.#all, root, () => this.#aggregated(root));
    const found =
      all?.get(keyOf(apiVersion, kind)) ?? (await this.#groups.get(apiVersion))?.get(keyOf(apiVersion, kind));
    if (found !== undefined) return found;
    // A definition may have been established since; what was asked for one group before is asked anew as well.
    const asked = this.#group(apiVersion);
    this.#groups.set(apiVersion, asked);
    asked.catch(() => this.#groups.delete(apiVersion));
    const kinds = await asked;
    const now = kinds.get(keyOf(apiVersion, kind));
    if (now !== undefined) return now;
    const others = [...kinds.values()].map((one) => one.kind);
    throw new SluiceError("MANIFEST_INVALID", `${this.#cluster} has no kind ${kind} in ${apiVersion}`, {
      hint:
        others.length === 0
          ? `It serves no ${apiVersion}: correct the apiVersion, or install the CustomResourceDefinition before.`
          : `In ${apiVersion} there are ${others.sort().join(", ")}.`,
    });
  }

  /** `undefined` where the server lists groups in the old way only. */
  async #aggregated(root: string): Promise<Kinds | undefined> {
    const what = "find out what kinds there are";
    const reply = await this.#sender.send({
      method: "GET",
      path: root,
      what,
      again: "always",
      accept: AGGREGATED,
      expected: [406],
    });
    if (reply.status === 406) return undefined;
    const answer = jsonOf(reply, this.#sender.server);
    if (text(answer, "kind") !== "APIGroupDiscoveryList") return undefined;
    const found = new Map<string, ApiResource>();
    for (const group of list(answer, "items")) {
      const name = text(group, "metadata", "name");
      for (const version of list(group, "versions")) {
        const apiVersion = name === "" ? text(version, "version") : `${name}/${text(version, "version")}`;
        for (const resource of list(version, "resources")) {
          keep(found, {
            name: text(resource, "resource"),
            kind: text(resource, "responseKind", "kind"),
            apiVersion,
            namespaced: text(resource, "scope") === "Namespaced",
            verbs: list(resource, "verbs").map(String),
          });
        }
      }
    }
    return found;
  }

  async #group(apiVersion: string): Promise<Kinds> {
    const what = `find out what kinds there are in ${apiVersion}`;
    const path = groupPath(apiVersion);
    const reply = await this.#sender.send({ method: "GET", path, what, again: "always", expected: [404] });
    const found = new Map<string, ApiResource>();
    if (reply.status === 404) return found;
    for (const resource of list(jsonOf(reply, this.#sender.server), "resources")) {
      const name = text(resource, "name");
      // `deployments/scale` is a part of another.
      if (name.includes("/")) continue;
      keep(found, {
        name,
        kind: text(resource, "kind"),
        apiVersion,
        namespaced: at(resource, "namespaced") === true,
        verbs: list(resource, "verbs").map(String),
      });
    }
    return found;
  }
}

function keyOf(apiVersion: string, kind: string): string {
  return `${apiVersion} ${kind}`;
}

function keep(found: Map<string, ApiResource>, resource: ApiResource): void {
  const key = keyOf(resource.apiVersion, resource.kind);
  if (!found.has(key)) found.set(key, resource);
}

/** One question for all who ask; one that failed is asked again. */
function kept<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const before = known.get(key);
  if (before !== undefined) return before;
  const asked = ask();
  known.set(key, asked);
  asked.catch(() => known.delete(key));
  return asked;
}
