import { service } from "../../../../../src/deploy/index.ts";
import type { ServiceOptions } from "../../../../../src/deploy/service.ts";
import type { CountSource, RolloutDriver } from "../../../../../src/ports/index.ts";
import type { KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import { KubernetesDriver } from "../../../../../src/targets/kubernetes/driver/driver.ts";
import { makeGood } from "../../../../../src/targets/kubernetes/driver/moves/make-good.ts";
import {
  type DriverClock,
  identityOf,
  Session,
} from "../../../../../src/targets/kubernetes/driver/session.ts";
import { makeRouter } from "../../../../../src/targets/kubernetes/open-session.ts";
import { renderService } from "../../../../../src/targets/kubernetes/render/service.ts";
import type { RenderedService } from "../../../../../src/targets/kubernetes/render/types.ts";
import type { TrafficSpec } from "../../../../../src/targets/kubernetes/spec.ts";
import type { DeployLease } from "../../../../../src/targets/kubernetes/lease/types.ts";
import { FakeCluster, type Interceptor } from "./fake-cluster.ts";

export interface KitOptions {
  readonly traffic?: TrafficSpec;
  readonly history?: number;
  readonly clock?: DriverClock;
  /** What taking the lease again gives. @defaultValue the lease that was given up */
  readonly take?: () => Promise<DeployLease>;
}

/** One app on a cluster in memory, and as many processes that drive it as a test wants. */
export class Kit {
  readonly cluster = new FakeCluster();
  readonly said: string[] = [];
  readonly #options: KitOptions;
  #fence = 0;

  constructor(options: KitOptions = {}) {
    this.#options = options;
  }

  /** A process that holds the lease; whoever held it before is told so at its next step. */
  session(intercept?: Interceptor, signal = new AbortController().signal): Session {
    const api = this.cluster.api(intercept);
    const fence = ++this.#fence;
    const place = { app: "web", namespace: "shop", target: "prod", pipeline: "shop", run: `run-${fence}` };
    const lost = new AbortController().signal;
    const assertHeld = (): Promise<void> =>
      fence === this.#fence ? Promise.resolve() : Promise.reject(new Error(`fence ${fence} is over`));
    const lease = { fence, lost, assertHeld, release: () => Promise.resolve() };
    const { traffic = { kind: "replicas" }, history = 5, clock = REAL } = this.#options;
    const spec = {
      name: "prod",
      app: null,
      cluster: { kind: "kubeconfig", name: "prod", spec: {} },
      namespace: "shop",
      createNamespace: false,
      traffic,
      history,
      force: false,
      timeout: 1_000,
      scheduling: 1_000,
      counts: null,
    };
    const say = (text: string): void => void this.said.push(text);
    const { router, endpoints } = makeRouter({ api }, spec, place, { guard: assertHeld });
    const mask = (text: string): string => text.replaceAll("s3cret", "***");
    return new Session({
      api,
      lease,
      take: () => this.#options.take?.() ?? Promise.resolve(lease),
      place,
      router,
      endpoints,
      clock,
      signal,
      timeout: 1_000,
      scheduling: 1_000,
      history,
      force: false,
      mask,
      say,
    });
  }

  /** Connects as a deploy of `app` does. */
  async connect(
    app: RenderedService,
    intercept?: Interceptor,
    counts?: CountSource,
  ): Promise<KubernetesDriver> {
    const session = this.session(intercept);
    await makeGood(session, app);
    return new KubernetesDriver(session, app, undefined, counts && (() => counts));
  }

  /** All that is there but the records, the salt and what only the API server writes. */
  picture(): Readonly<Record<string, unknown>> {
    const all = [...this.cluster.objects.values()].filter(
      ({ kind, metadata }) => !(kind === "Secret" && metadata.name.startsWith("sluice.")),
    );
    return Object.fromEntries(all.map((one) => [`${one.kind} ${one.metadata.name}`, bare(one)] as const));
  }

  deployment(revision: number): KubeObject | undefined {
    return this.cluster.get({
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: `web-r${revision}`,
      namespace: "shop",
    });
  }

  service(name = "web"): KubeObject | undefined {
    return this.cluster.get({ apiVersion: "v1", kind: "Service", name, namespace: "shop" });
  }
}

const REAL: DriverClock = { now: () => Date.now(), sleep: () => Promise.resolve() };

type Options = Partial<ServiceOptions> & { readonly version?: string };

/** A release of the app. */
export function rendered({ version = "1", ...options }: Options = {}): RenderedService {
  const app = service({ image: `web:${version}`, replicas: 4, ...options } as never);
  const place = { app: "web", namespace: "shop", target: "prod", pipeline: "shop", run: "" };
  const resolved = { kind: "service", spec: JSON.parse(JSON.stringify(app.spec)) as never, secrets: {} };
  return renderService(resolved, identityOf(place), { salt: "salt" });
}

/** Brings a first release up. */
export async function release(kit: Kit, app: RenderedService): Promise<void> {
  const driver = await kit.connect(app);
  await advance(driver, app.replicas);
  await driver.close();
}

export async function advance(driver: RolloutDriver, replicas: number): Promise<void> {
  await driver.start(replicas);
  await driver.route(100);
  await driver.promote();
}

function bare(object: KubeObject): unknown {
  const { resourceVersion: _v, generation: _g, managedFields: _m, uid: _u, ...metadata } = object.metadata;
  const { status, ...rest } = object;
  const counts = status as { readonly availableReplicas?: number } | undefined;
  return { ...rest, metadata, available: counts?.availableReplicas };
}
