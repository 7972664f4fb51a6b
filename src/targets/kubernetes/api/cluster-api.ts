import { groupPath, listPath, nameOf, objectPath, placePath, selection, withQuery } from "./address.ts";
import { Discovery } from "./discovery.ts";
import { jsonOf } from "./json.ts";
import { listAll } from "./list.ts";
import type { ApiRequest } from "./request.ts";
import type { Sender } from "./send.ts";
import type {
  ApiResource,
  ApplyOptions,
  ClusterApi,
  KindRef,
  KubeObject,
  ListQuery,
  ObjectRef,
  ObjectWatch,
  RemoveOptions,
  WriteOptions,
} from "./types.ts";
import { Watches } from "./watch/watches.ts";

/** A field that the schema does not know is a mistake in the manifest, and no reason for a warning only. */
const STRICT = "Strict";

export interface ClusterApiSetup {
  readonly cluster: string;
  readonly sender: Sender;
  readonly signal: AbortSignal;
  /** Ends all that is under way, and the connections. */
  readonly end: () => void;
}

/** {@link ClusterApi} over HTTP, with raw JSON. */
export class HttpClusterApi implements ClusterApi {
  readonly cluster: string;
  readonly #sender: Sender;
  readonly #discovery: Discovery;
  readonly #watches: Watches;
  readonly #end: () => void;

  constructor({ cluster, sender, signal, end }: ClusterApiSetup) {
    this.cluster = cluster;
    this.#sender = sender;
    this.#end = end;
    this.#discovery = new Discovery(sender, cluster);
    this.#watches = new Watches({ sender, signal, resource: (kind) => this.resource(kind) });
  }

  get requests(): number {
    return this.#sender.requests;
  }

  resource(kind: KindRef): Promise<ApiResource> {
    return this.#discovery.resource(kind);
  }

  async get(ref: ObjectRef): Promise<KubeObject | undefined> {
    const path = objectPath(await this.resource(ref), ref);
    const what = `get ${nameOf(ref)}`;
    const reply = await this.#sender.send({ method: "GET", path, what, again: "always", expected: [404] });
    return reply.status === 404 ? undefined : (jsonOf(reply, this.#sender.server) as KubeObject);
  }

  async list(kind: KindRef, query: ListQuery = {}): Promise<readonly KubeObject[]> {
    const path = listPath(await this.resource(kind), query.namespace);
    const { objects } = await listAll(this.#sender, path, selection(query), `list ${kind.kind} objects`);
    const { apiVersion, kind: name } = kind;
    return objects.map((object) => ({ ...object, apiVersion, kind: name }));
  }

  async create(
    object: KubeObject,
    options: WriteOptions & { readonly manager?: string } = {},
  ): Promise<KubeObject> {
    const ref = refOf(object);
    const path = placePath(await this.resource(ref), ref);
    // Sent twice, it would be there already the second time, or be there twice under a generated name.
    return await this.#write({
      method: "POST",
      path: withQuery(path, { ...writing(options), fieldValidation: STRICT }),
      what: `create ${nameOf(ref)}`,
      again: options.dryRun === true ? "always" : "unsent",
      body: object,
    });
  }

  async replace(
    object: KubeObject,
    options: WriteOptions & { readonly manager?: string } = {},
  ): Promise<KubeObject> {
    const ref = refOf(object);
    const path = objectPath(await this.resource(ref), ref);
    const guarded = object.metadata.resourceVersion !== undefined || options.dryRun === true;
    return await this.#write({
      method: "PUT",
      path: withQuery(path, { ...writing(options), fieldValidation: STRICT }),
      what: `replace ${nameOf(ref)}`,
      again: guarded ? "always" : "unsent",
      body: object,
    });
  }

  async apply(object: KubeObject, options: ApplyOptions): Promise<KubeObject> {
    const ref = refOf(object);
    const path = objectPath(await this.resource(ref), ref);
    const { managedFields: _, ...metadata } = object.metadata;
    return await this.#write({
      method: "PATCH",
      path: withQuery(path, {
        ...writing(options),
        force: options.force === true ? true : undefined,
        fieldValidation: STRICT,
      }),
      what: `apply ${nameOf(ref)}`,
      again: "always",
      contentType: "application/apply-patch+yaml",
      // JSON is YAML.
      body: { ...object, metadata },
    });
  }

  async merge(
    ref: ObjectRef,
    patch: Readonly<Record<string, unknown>>,
    options: WriteOptions & { readonly manager?: string; readonly subresource?: string } = {},
  ): Promise<KubeObject> {
    const path = objectPath(await this.resource(ref), ref, options.subresource);
    const part = options.subresource === undefined ? "" : `'s ${options.subresource}`;
    return await this.#write({
      method: "PATCH",
      path: withQuery(path, writing(options)),
      what: `change ${nameOf(ref)}${part}`,
      again: "always",
      contentType: "application/merge-patch+json",
      body: patch,
    });
  }

  async remove(ref: ObjectRef, options: RemoveOptions = {}): Promise<boolean> {
    const path = objectPath(await this.resource(ref), ref);
    const { propagation = "Background", uid, resourceVersion, dryRun = false } = options;
    const guarded = uid !== undefined || resourceVersion !== undefined;
    const { status, doubtful } = await this.#sender.send({
      method: "DELETE",
      path,
      what: `delete ${nameOf(ref)}`,
      // Without a precondition the second could hit an object that was made in between.
      again: guarded || dryRun ? "always" : "unsent",
      expected: [404],
      body: {
        apiVersion: "v1",
        kind: "DeleteOptions",
        propagationPolicy: propagation,
        ...(guarded ? { preconditions: { uid, resourceVersion } } : {}),
        ...(dryRun ? { dryRun: ["All"] } : {}),
      },
    });
    // After an attempt without an answer it may be gone by that one.
    return status !== 404 || doubtful;
  }

  watch(kind: KindRef, query: ListQuery = {}): ObjectWatch {
    return this.#watches.watch(kind, query);
  }

  async logTail(
    pod: ObjectRef,
    options: { readonly container?: string; readonly lines: number; readonly previous?: boolean },
  ): Promise<string | undefined> {
    const { container, lines, previous } = options;
    const path = `${groupPath("v1")}/namespaces/${encodeURIComponent(pod.namespace ?? "default")}/pods/${encodeURIComponent(pod.name)}/log`;
    const reply = await this.#sender.send({
      method: "GET",
      path: withQuery(path, { container, tailLines: lines, previous: previous === true ? true : undefined }),
      what: `read the log of ${nameOf(pod)}`,
      // Told with a failure that is known: it is not worth the wait for a node that does not answer.
      again: "never",
      expected: NO_LOG,
    });
    return NO_LOG.includes(reply.status) ? undefined : reply.text;
  }

  async request(method: "GET" | "POST", path: string, body?: unknown): Promise<unknown> {
    const reply = await this.#sender.send({
      method,
      path,
      what: `${method === "GET" ? "read" : "post to"} ${path.split("?")[0] ?? path}`,
      again: method === "GET" || REVIEW.test(path) ? "always" : "unsent",
      body,
    });
    return jsonOf(reply, this.#sender.server);
  }

  close(): void {
    this.#end();
  }

  async #write(request: ApiRequest): Promise<KubeObject> {
    return jsonOf(await this.#sender.send(request), this.#sender.server) as KubeObject;
  }
}

/** No node yet, no such pod or container, none that has run yet, or a node that cannot be asked. */
const NO_LOG: readonly number[] = [204, 400, 404, 500, 502, 503, 504];

/** Reviews are answered and not kept. */
const REVIEW = /reviews$/;

function refOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): ObjectRef {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

function writing({
  dryRun,
  manager,
}: WriteOptions & { readonly manager?: string }): Readonly<Record<string, string | undefined>> {
  return { dryRun: dryRun === true ? "All" : undefined, fieldManager: manager };
}
