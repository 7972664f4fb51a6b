import { ApiFault } from "../../../../../src/targets/kubernetes/api/api-fault.ts";
import type {
  ApiResource,
  ApplyOptions,
  ClusterApi,
  KindRef,
  KubeMetadata,
  KubeObject,
  ListQuery,
  ObjectRef,
  ObjectWatch,
  RemoveOptions,
} from "../../../../../src/targets/kubernetes/api/types.ts";
import { at } from "../../../../../src/targets/kubernetes/readiness/object.ts";
import { fieldsOf, matches, mergeFields, removeFields } from "./fake-fields.ts";

type Loose = Record<string, unknown>;

/** What comes before (and after) each request; throwing there is a process that has died. */
export type Interceptor = (moment: {
  readonly verb: string;
  readonly name: string;
  readonly done: boolean;
}) => void;

/**
 * A cluster in memory, behind the port that the driver speaks: server-side apply with owners, resource versions,
 * generations, selectors, watches; and controllers that do at once what real ones do soon.
 */
export class FakeCluster {
  readonly objects = new Map<string, KubeObject>();
  readonly log: string[] = [];
  /** How often the Gateway's controller finds no backend of a route before it does. */
  refusals = 0;
  readonly #watches = new Set<FakeWatch>();
  #version = 0;

  api(intercept: Interceptor = () => undefined): FakeApi {
    return new FakeApi(this, intercept);
  }

  get(ref: ObjectRef): KubeObject | undefined {
    return this.objects.get(keyOf(ref));
  }

  list(kind: KindRef, query: ListQuery = {}): readonly KubeObject[] {
    return [...this.objects.values()].filter(
      (one) =>
        one.kind === kind.kind &&
        groupOf(one) === groupOf(kind) &&
        (query.namespace === undefined || one.metadata.namespace === query.namespace) &&
        matches(one.metadata.labels ?? {}, query.labels ?? ""),
    );
  }

  put(object: KubeObject): KubeObject {
    const before = this.objects.get(keyOf(refOf(object)));
    const sameSpec = JSON.stringify(before?.spec) === JSON.stringify(object.spec);
    const generation = before === undefined ? 1 : (before.metadata.generation ?? 1) + (sameSpec ? 0 : 1);
    const uid = before?.metadata.uid ?? `uid-${this.#version + 1}`;
    const numbered = { ...object.metadata, uid, generation };
    if (before !== undefined && withoutVersion(before) === withoutVersion({ ...object, metadata: numbered }))
      return before;
    const metadata = { ...numbered, resourceVersion: String(++this.#version) };
    const kept: KubeObject = { ...object, metadata };
    this.objects.set(keyOf(refOf(object)), kept);
    this.#tell(kept);
    this.#control(kept);
    return this.objects.get(keyOf(refOf(object))) ?? kept;
  }

  delete(ref: ObjectRef): boolean {
    const object = this.objects.get(keyOf(ref));
    if (object === undefined) return false;
    if ((object.metadata.finalizers ?? []).length > 0) {
      const deletionTimestamp = "2026-01-01T00:00:00Z";
      this.put({ ...object, metadata: { ...object.metadata, deletionTimestamp } });
      return true;
    }
    this.objects.delete(keyOf(ref));
    this.#tell(object, true);
    if (ref.kind === "Service") {
      const slice = {
        ...SLICE,
        name: ref.name,
        ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }),
      };
      this.delete(slice);
    }
    if (ref.kind === "Deployment") this.#route(ref.namespace);
    return true;
  }

  watch(kind: KindRef, query: ListQuery): ObjectWatch {
    const watch = new FakeWatch(kind, query, this.list(kind, query), () => this.#watches.delete(watch));
    this.#watches.add(watch);
    return watch;
  }

  #tell(object: KubeObject, gone = false): void {
    for (const watch of this.#watches) watch.tell(object, gone);
  }

  #control(object: KubeObject): void {
    if (object.kind === "Deployment") {
      const status = deploymentStatus(object);
      if (JSON.stringify(object.status) !== JSON.stringify(status)) this.put({ ...object, status });
      this.#route(object.metadata.namespace);
    }
    if (object.kind === "Job" && object.status === undefined) {
      const type = at(object, "metadata", "annotations", "fake/job") === "fail" ? "Failed" : "Complete";
      const conditions = [{ type, status: "True", reason: "Fake", message: "" }];
      this.put({ ...object, status: { conditions, succeeded: 1 } });
    }
    if (object.kind === "Service") this.#route(object.metadata.namespace);
    if (object.kind === "HTTPRoute") this.#answer(object);
  }

  /** Once for each generation, and again a moment after a refusal that does not last. */
  #answer(route: KubeObject, again = false): void {
    const observedGeneration = route.metadata.generation;
    const before = at(route, "status", "parents", 0, "conditions", 0, "observedGeneration");
    if (!again && before === observedGeneration) return;
    const found = this.refusals === 0;
    const conditions = ["Accepted", "ResolvedRefs"].map((type) => ({
      type,
      status: found || type === "Accepted" ? "True" : "False",
      reason: "Fake",
      message: found ? "" : "no endpoints",
      observedGeneration,
    }));
    const refs = (at(route, "spec", "parentRefs") ?? []) as readonly object[];
    const parents = refs.map((parentRef) => ({ parentRef, conditions }));
    if (!found && Number.isFinite(this.refusals)) {
      this.refusals -= 1;
      setTimeout(() => this.#answer(route, true), 10);
    }
    this.put({ ...route, status: { parents } });
  }

  /** Writes the EndpointSlices of a namespace anew. */
  #route(namespace: string | undefined): void {
    const query = namespace === undefined ? {} : { namespace };
    for (const service of this.list({ apiVersion: "v1", kind: "Service" }, query)) {
      const selector = Object.entries((at(service, "spec", "selector") ?? {}) as Loose);
      const endpoints = this.list({ apiVersion: "apps/v1", kind: "Deployment" }, query).flatMap((one) => {
        const labels = (at(one, "spec", "template", "metadata", "labels") ?? {}) as Loose;
        if (!selector.every(([key, value]) => labels[key] === value)) return [];
        const ready = Number(at(one, "status", "availableReplicas") ?? 0);
        return Array.from({ length: ready }, (_, index) => ({
          conditions: { ready: true },
          targetRef: { kind: "Pod", name: `${one.metadata.name}-abc-${index}` },
        }));
      });
      const labels = { "kubernetes.io/service-name": service.metadata.name };
      const metadata = {
        name: service.metadata.name,
        labels,
        ...(namespace === undefined ? {} : { namespace }),
      };
      this.put({ ...SLICE, metadata, endpoints });
    }
  }
}

const SLICE = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" } as const;

class FakeApi implements ClusterApi {
  readonly cluster = "a cluster in memory";
  requests = 0;
  readonly #cluster: FakeCluster;
  readonly #intercept: Interceptor;

  constructor(cluster: FakeCluster, intercept: Interceptor) {
    this.#cluster = cluster;
    this.#intercept = intercept;
  }

  resource(kind: KindRef): Promise<ApiResource> {
    const { apiVersion } = kind;
    return Promise.resolve({
      name: `${kind.kind.toLowerCase()}s`,
      kind: kind.kind,
      apiVersion,
      namespaced: true,
      verbs: [],
    });
  }

  get(ref: ObjectRef): Promise<KubeObject | undefined> {
    return this.#do("get", `${ref.kind} ${ref.name}`, () => this.#cluster.get(ref));
  }

  list(kind: KindRef, query: ListQuery = {}): Promise<readonly KubeObject[]> {
    return this.#do("list", kind.kind, () => this.#cluster.list(kind, query));
  }

  create(object: KubeObject): Promise<KubeObject> {
    return this.#do("create", `${object.kind} ${object.metadata.name}`, () => {
      if (this.#cluster.get(refOf(object)) !== undefined) throw conflict("AlreadyExists");
      return this.#cluster.put(object);
    });
  }

  replace(object: KubeObject): Promise<KubeObject> {
    return this.#do("replace", `${object.kind} ${object.metadata.name}`, () => {
      const before = this.#cluster.get(refOf(object));
      if (before?.metadata.resourceVersion !== object.metadata.resourceVersion) throw conflict("Conflict");
      return this.#cluster.put(object);
    });
  }

  apply(object: KubeObject, { manager, dryRun = false }: ApplyOptions): Promise<KubeObject> {
    return this.#do(dryRun ? "dry-run" : "apply", `${object.kind} ${object.metadata.name}`, () => {
      const before = this.#cluster.get(refOf(object));
      const fields = fieldsOf({
        ...object,
        apiVersion: undefined,
        kind: undefined,
        metadata: { ...object.metadata, name: undefined, namespace: undefined },
      });
      const others = (before?.metadata.managedFields ?? []).filter((one) => one.manager !== manager);
      const old = before?.metadata.managedFields?.find((one) => one.manager === manager)?.fieldsV1 ?? {};
      const { managedFields: _given, ...metadata } = object.metadata;
      const reduced = before === undefined ? {} : removeFields(before, old, fields);
      const merged = mergeFields(reduced, { ...object, metadata }) as KubeObject;
      const entry = { manager, operation: "Apply" as const, apiVersion: object.apiVersion, fieldsV1: fields };
      const next: KubeObject = {
        ...merged,
        metadata: { ...merged.metadata, managedFields: [...others, entry] },
      };
      if (object.kind === "Service" && at(next, "spec", "ports") === undefined)
        throw invalid("spec.ports: Required value");
      return dryRun ? next : this.#cluster.put(next);
    });
  }

  merge(ref: ObjectRef, patch: Readonly<Record<string, unknown>>): Promise<KubeObject> {
    return this.#do("merge", `${ref.kind} ${ref.name}`, () => {
      const before = this.#cluster.get(ref);
      if (before === undefined) throw fault(404, "NotFound", `${ref.name} is not there`);
      return this.#cluster.put(mergeFields(before, patch) as KubeObject);
    });
  }

  remove(ref: ObjectRef, { uid }: RemoveOptions = {}): Promise<boolean> {
    return this.#do("remove", `${ref.kind} ${ref.name}`, () => {
      const there = this.#cluster.get(ref)?.metadata.uid;
      if (uid !== undefined && there !== undefined && there !== uid) throw conflict("Conflict");
      return this.#cluster.delete(ref);
    });
  }

  watch(kind: KindRef, query: ListQuery = {}): ObjectWatch {
    this.requests += 2;
    return this.#cluster.watch(kind, query);
  }

  logTail(): Promise<string | undefined> {
    return Promise.resolve(undefined);
  }

  request(): Promise<unknown> {
    return Promise.reject(new Error("not in this fake"));
  }

  close(): void {
    // Nothing is open.
  }

  async #do<T>(verb: string, name: string, effect: () => T): Promise<T> {
    this.requests += 1;
    await Promise.resolve();
    this.#intercept({ verb, name, done: false });
    this.#cluster.log.push(`${verb} ${name}`);
    const result = effect();
    this.#intercept({ verb, name, done: true });
    return structuredClone(result);
  }
}

class FakeWatch implements ObjectWatch {
  readonly synced = Promise.resolve();
  readonly broken = new Promise<never>(() => undefined);
  readonly objects = new Map<string, KubeObject>();
  readonly #kind: KindRef;
  readonly #query: ListQuery;
  readonly #end: () => void;
  readonly #listeners = new Set<(key: string, object: KubeObject | undefined) => void>();

  constructor(kind: KindRef, query: ListQuery, first: readonly KubeObject[], end: () => void) {
    this.#kind = kind;
    this.#query = query;
    this.#end = end;
    for (const object of first) this.objects.set(shortKey(object), object);
  }

  tell(object: KubeObject, gone: boolean): void {
    if (object.kind !== this.#kind.kind || groupOf(object) !== groupOf(this.#kind)) return;
    const { namespace, labels = "", fields } = this.#query;
    if (namespace !== undefined && object.metadata.namespace !== namespace) return;
    if (!matches(object.metadata.labels ?? {}, labels)) return;
    if (fields !== undefined && !fields.includes(object.metadata.name)) return;
    const key = shortKey(object);
    if (gone) this.objects.delete(key);
    else this.objects.set(key, object);
    for (const listener of this.#listeners) listener(key, gone ? undefined : object);
  }

  onChange(listener: (key: string, object: KubeObject | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#end();
  }
}

function deploymentStatus(object: KubeObject): Loose {
  const replicas = Number(at(object, "spec", "replicas") ?? 1);
  const told = (name: string): unknown => at(object, "spec", "template", "metadata", "annotations", name);
  const bad = told("fake/pod") === "bad";
  const available = bad ? 0 : replicas;
  const late = {
    type: "Progressing",
    status: "False",
    reason: "ProgressDeadlineExceeded",
    message: told("fake/message") ?? "too slow",
  };
  const conditions = [
    ...(bad && replicas > 0 ? [late] : []),
    {
      type: "Available",
      status: available > 0 || replicas === 0 ? "True" : "False",
      reason: "",
      message: "",
    },
  ];
  const observedGeneration = object.metadata.generation;
  return {
    observedGeneration,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: available,
    availableReplicas: available,
    conditions,
  };
}

function keyOf(ref: ObjectRef): string {
  return [groupOf(ref), ref.kind, ref.namespace ?? "", ref.name].join("|");
}

function refOf({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  const { name, namespace } = metadata;
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

function groupOf({ apiVersion }: KindRef): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

function shortKey({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

function withoutVersion(object: KubeObject): string {
  const { resourceVersion: _version, ...rest }: KubeMetadata = object.metadata;
  const metadata = Object.fromEntries(Object.entries(rest).sort(([a], [b]) => a.localeCompare(b)));
  return JSON.stringify({ ...object, metadata });
}

function conflict(reason: string): ApiFault {
  return fault(409, reason, reason);
}

function invalid(message: string): ApiFault {
  return new ApiFault("MANIFEST_INVALID", message, {
    status: 422,
    reason: "Invalid",
    causes: [],
    retryAfter: undefined,
  });
}

function fault(status: number, reason: string, message: string): ApiFault {
  return new ApiFault("CLUSTER_REFUSED", message, { status, reason, causes: [], retryAfter: undefined });
}
