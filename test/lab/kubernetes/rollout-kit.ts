import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isSluiceError } from "../../../src/errors/index.ts";
import { service } from "../../../src/deploy/index.ts";
import type { ServiceOptions } from "../../../src/deploy/service.ts";
import type {
  Clock,
  ClusterProvider,
  CountProvider,
  RolloutDriver,
  RolloutProgress,
  Strategy,
  StrategyResult,
  TargetContext,
} from "../../../src/ports/index.ts";
import { openClusterApi } from "../../../src/targets/kubernetes/api/index.ts";
import type { ClusterApi, KubeObject } from "../../../src/targets/kubernetes/api/types.ts";
import { connectKubernetes } from "../../../src/targets/kubernetes/connect.ts";
import type { CountsFrom } from "../../../src/targets/kubernetes/driver/counts.ts";
import { kubernetesSpec, type KubernetesOptions } from "../../../src/targets/kubernetes/options.ts";
import type { TargetHands } from "../../../src/targets/kubernetes/place.ts";
import type { KubernetesSpec } from "../../../src/targets/kubernetes/spec.ts";
import { rolloutContext } from "../../../src/testing/index.ts";

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly "certificate-authority-data": string } },
  ];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

/** The lab's way into its own cluster, as an administrator. */
export function labProvider(file: string): ClusterProvider {
  const config = JSON.parse(readFileSync(file, "utf8")) as Kubeconfig;
  const { cluster } = config.clusters[0];
  const { token } = config.users[0].user;
  return {
    kind: "lab",
    name: "lab",
    spec: {},
    needs: [],
    describe: () => "the lab's cluster",
    connect: () =>
      Promise.resolve({
        server: cluster.server,
        ca: Buffer.from(cluster["certificate-authority-data"], "base64").toString(),
        credentials: () => Promise.resolve({ token }),
      }),
  };
}

const CLOCK: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  },
};

export interface Released {
  readonly result: StrategyResult;
  readonly events: readonly RolloutProgress[];
  /** Sent to the API server, from connecting to closing. */
  readonly requests: number;
}

/** One app in a namespace of the lab, and whatever drives it. */
export class RolloutKit {
  readonly namespace: string;
  readonly spec: KubernetesSpec;
  readonly output: string[] = [];
  /** Milliseconds: as long the next process waits for one that was killed. */
  leaseDuration = 6_000;
  readonly api: ClusterApi;
  readonly #provider: ClusterProvider;
  readonly #counts: CountProvider | CountsFrom | undefined;
  #runs = 0;

  private constructor(
    provider: ClusterProvider,
    api: ClusterApi,
    options: Omit<KubernetesOptions, "cluster">,
  ) {
    this.#provider = provider;
    this.#counts = options.counts;
    this.api = api;
    this.spec = kubernetesSpec({
      name: "lab",
      timeout: "60s",
      createNamespace: true,
      ...options,
      cluster: provider,
    });
    this.namespace = this.spec.namespace ?? "default";
  }

  static async open(file: string, options: Omit<KubernetesOptions, "cluster">): Promise<RolloutKit> {
    const provider = labProvider(file);
    const context = {
      env: process.env,
      root: "/",
      signal: new AbortController().signal,
      now: () => Date.now(),
    };
    const api = openClusterApi(await provider.connect(context), { cluster: "the lab's cluster" });
    return new RolloutKit(provider, api, options);
  }

  hands(open?: TargetHands["open"]): TargetHands {
    const parts = { provider: this.#provider, counts: this.#counts, leaseDuration: this.leaseDuration };
    return open === undefined ? parts : { ...parts, open };
  }

  context(signal = new AbortController().signal): TargetContext {
    return {
      run: `run-${++this.#runs}`,
      pipeline: "lab",
      root: process.cwd(),
      stateDir: "/nowhere",
      signal,
      env: {},
      processes: { add: () => undefined, remove: () => undefined },
      mask: (text) => text,
      restore: () => Promise.reject(new Error("there is nothing to restore")),
      write: (_stream, chunk) => void this.output.push(String(chunk)),
    };
  }

  /** Waits for the lease of a process that was killed, as long as it holds. */
  async connect(app: object, open?: TargetHands["open"]): Promise<RolloutDriver> {
    const resolved = { kind: "service", spec: app as never, secrets: {} };
    const until = Date.now() + 15_000;
    for (;;) {
      try {
        return await connectKubernetes(
          this.hands(open),
          { target: this.spec, app: resolved },
          this.context(),
        );
      } catch (error) {
        if (!isSluiceError(error) || error.code !== "TARGET_BUSY" || Date.now() > until) throw error;
        await sleep(100);
      }
    }
  }

  /** Releases as the engine does. */
  async release(
    app: object,
    strategy: Strategy,
    options: {
      readonly open?: TargetHands["open"];
      readonly earlier?: readonly RolloutProgress[];
      readonly told?: RolloutProgress[];
    } = {},
  ): Promise<Released> {
    let api: ClusterApi | undefined;
    const open: TargetHands["open"] = (connection, parts) =>
      (api = (options.open ?? openClusterApi)(connection, parts));
    const driver = await this.connect(app, open);
    const context = rolloutContext({ clock: CLOCK, earlier: options.earlier ?? [] });
    try {
      const result = await strategy.release(driver, strategy.spec as never, context);
      return { result, events: context.events, requests: api?.requests ?? 0 };
    } finally {
      options.told?.push(...context.events);
      await driver.close();
    }
  }

  get(apiVersion: string, kind: string, name: string): Promise<KubeObject | undefined> {
    return this.api.get({ apiVersion, kind, name, namespace: this.namespace });
  }

  async remove(): Promise<void> {
    await this.api.remove({ apiVersion: "v1", kind: "Namespace", name: this.namespace });
    this.api.close();
  }
}

/** What the target gets of a service: a definition's own shape, every ref filled in. */
export function labService(options: Partial<ServiceOptions> & { readonly version: string }): object {
  const { version, env, ...rest } = options;
  const app = service({
    name: "web",
    image: "lab.local/web:1",
    args: ["web"],
    replicas: 4,
    health: { path: "/healthz", interval: "1s", startup: "30s" },
    env: { VERSION: version, ...env },
    ...rest,
  } as never);
  return JSON.parse(JSON.stringify(app.spec)) as object;
}
