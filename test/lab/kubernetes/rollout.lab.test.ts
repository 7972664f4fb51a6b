// needs: kwok
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blueGreen, rolling } from "../../../src/deploy/index.ts";
import type { RolloutProgress, Strategy } from "../../../src/ports/index.ts";
import { openClusterApi } from "../../../src/targets/kubernetes/api/index.ts";
import type { ClusterApi, KubeObject } from "../../../src/targets/kubernetes/api/types.ts";
import { at, text } from "../../../src/targets/kubernetes/readiness/object.ts";
import type { TargetHands } from "../../../src/targets/kubernetes/place.ts";
import { listReleases } from "../../../src/targets/kubernetes/release/record-store.ts";
import { need } from "../lab.ts";
import { labService, RolloutKit } from "./rollout-kit.ts";

const CALLS = ["get", "list", "create", "replace", "apply", "merge", "remove"] as const;
/** Releases under way at a time: the lab's API server has two processors. */
const AT_ONCE = 6;

/** A process that dies at its k-th request, before or after that has had its effect. */
class Death {
  struck = false;
  seen = 0;
  readonly told: RolloutProgress[] = [];
  readonly #k: number;
  readonly #late: boolean;
  #api: ClusterApi | undefined;

  constructor(k: number, late: boolean) {
    this.#k = k;
    this.#late = late;
  }

  readonly open: NonNullable<TargetHands["open"]> = (connection, options) => {
    const api = openClusterApi(connection, options);
    this.#api = api;
    const dying = new Proxy(api, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        const call = value.bind(target) as (...args: unknown[]) => unknown;
        if (!(CALLS as readonly string[]).includes(String(key))) return call;
        return async (...args: unknown[]) => {
          if (this.struck) throw new Error("dead");
          this.seen += 1;
          const now = this.seen === this.#k;
          if (now && !this.#late) this.#die();
          const result = await call(...args);
          if (now && this.#late) this.#die();
          return result;
        };
      },
    });
    return dying;
  };

  #die(): never {
    this.struck = true;
    this.#api?.close();
    throw new Error("dead");
  }
}

describe.skipIf(!need("kwok").available)("a release whose process is killed, on a real control plane", () => {
  let kit: RolloutKit;

  beforeAll(async () => {
    kit = await RolloutKit.open(process.env["KUBECONFIG"] ?? "", {
      namespace: `roll-killed-${process.pid}`,
      history: 2,
    });
  });

  afterAll(async () => {
    await kit.remove();
  });

  const app = (name: string, version: string): object => labService({ name, version, replicas: 2 });

  /** An app's objects as they were meant to be, without what the API server and controllers write. */
  async function picture(name: string): Promise<Readonly<Record<string, unknown>>> {
    const { namespace } = kit;
    const labels = `app.kubernetes.io/name=${name}`;
    const kinds = [
      ["apps/v1", "Deployment"],
      ["v1", "Service"],
      ["v1", "ConfigMap"],
      ["v1", "ServiceAccount"],
      ["policy/v1", "PodDisruptionBudget"],
    ] as const;
    const found = await Promise.all(
      kinds.map(async ([apiVersion, kind]) => {
        const objects = await kit.api.list({ apiVersion, kind }, { namespace, labels });
        return objects.map((object) => [`${kind} ${object.metadata.name}`, bare(object)] as const);
      }),
    );
    return Object.fromEntries(found.flat());
  }

  function bare({ metadata, spec, data }: KubeObject & { readonly data?: unknown }): unknown {
    const annotations = Object.entries(metadata.annotations ?? {}).filter(
      ([key]) => !key.startsWith("deployment.kubernetes.io/"),
    );
    return { labels: metadata.labels, annotations, spec, data };
  }

  async function expectFinished(name: string, revision: number): Promise<void> {
    const { namespace, api } = kit;
    const service = await kit.get("v1", "Service", name);
    expect(at(service, "spec", "selector", "sluice.dev/revision")).toBe(String(revision));
    const sizes = await api.list(
      { apiVersion: "apps/v1", kind: "Deployment" },
      { namespace, labels: `app.kubernetes.io/name=${name}` },
    );
    for (const one of sizes)
      expect(at(one, "spec", "replicas")).toBe(one.metadata.name === `${name}-r${revision}` ? 2 : 0);
    const releases = await listReleases(api, { app: name, namespace, target: "lab" });
    expect(
      releases.filter(({ header }) => header.state === "live").map(({ header }) => header.revision),
    ).toEqual([revision]);
    expect(releases.filter(({ header }) => header.state === "pending")).toEqual([]);
    expect(await kit.get("v1", "Service", `${name}-preview`)).toBeUndefined();
  }

  /** Every request is one at which it dies, before its effect or after it; then it is gone on with, or taken back. */
  async function trial(
    strategy: Strategy,
    prefix: string,
    k: number,
    outcome: "released" | "rolled-back",
  ): Promise<boolean> {
    const name = `${prefix}-${k}`;
    await kit.release(app(name, "v1"), rolling());
    const before = await picture(name);
    const death = new Death(k, k % 2 === 0);
    const told: RolloutProgress[] = [];
    const died = await kit
      .release(app(name, "v2"), strategy, { open: death.open, told })
      .catch(() => undefined);
    if (!death.struck) {
      expect(died?.result.outcome).toBe(outcome);
      return false;
    }
    if (k % 4 < 2) {
      const { result } = await kit.release(app(name, "v2"), strategy);
      expect(result.outcome, `killed at ${k}`).toBe(outcome);
      if (outcome === "released")
        await expectFinished(name, result.outcome === "released" ? result.release.revision : 0);
      else expect(await picture(name), `killed at ${k}`).toEqual(before);
      return true;
    }
    const { result } = await kit.release(app(name, "v1"), rolling());
    const revision = result.outcome === "released" ? result.release.revision : 0;
    if (revision === 1) expect(await picture(name), `killed at ${k}`).toEqual(before);
    await expectFinished(name, revision);
    return true;
  }

  it.each([
    ["rolling", rolling({ batch: 1 }), "released"],
    ["blue-green that is refused", blueGreen({ verify: () => false }), "rolled-back"],
  ] as const)(
    "%s: is finished or taken back without a trace by the next process",
    async (kind, strategy, outcome) => {
      const counting = new Death(Infinity, false);
      const prefix = kind.slice(0, 4);
      await kit.release(app(`${prefix}-0`, "v1"), rolling());
      const whole = await kit.release(app(`${prefix}-0`, "v2"), strategy, { open: counting.open });
      expect(whole.result.outcome).toBe(outcome);
      const points = Array.from({ length: counting.seen }, (_, index) => index + 1);
      let struck = 0;
      const next = async (): Promise<void> => {
        for (let k = points.shift(); k !== undefined; k = points.shift()) {
          const died = await trial(strategy, prefix, k, outcome);
          struck += died ? 1 : 0;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, next));
      console.log(`${kind}: killed at ${struck} of ${counting.seen} requests`);
      expect(struck).toBeGreaterThan(counting.seen * 0.9);
    },
    900_000,
  );

  it("asks the API server no more often than it must", async () => {
    const first = await kit.release(app("count", "v1"), rolling());
    const rolled = await kit.release(app("count", "v2"), rolling({ batch: 1 }));
    const switched = await kit.release(app("count", "v3"), blueGreen());
    const same = await kit.release(app("count", "v3"), blueGreen());
    const counts = [first, rolled, switched, same].map(({ requests }) => requests);
    console.log(
      `requests: first ${counts[0]}, rolling ${counts[1]}, blue-green ${counts[2]}, unchanged ${counts[3]}`,
    );
    expect(text(await kit.get("v1", "Service", "count"), "spec", "selector", "sluice.dev/revision")).toBe(
      "3",
    );
    for (const [index, most] of [80, 120, 90, 30].entries()) expect(counts[index]).toBeLessThanOrEqual(most);
  });
});
