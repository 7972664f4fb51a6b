import { setTimeout as sleep } from "node:timers/promises";
import type { S3Api } from "./client/api.ts";
import { ServerClock } from "./client/server-clock.ts";
import { corruptObject, isMissing, statusOf, storageFault } from "./faults.ts";
import type { ResolvedS3Options } from "./options.ts";

/** What is on record of an object. */
export interface ObjectFacts {
  readonly etag: string;
  /** By the server's clock: milliseconds since 1970. */
  readonly modified: number;
  readonly size: number;
}

export interface ListedObject extends ObjectFacts {
  /** Without the store's prefix. */
  readonly key: string;
}

/** What must be true of the object that is there for a write to be made. */
export type Condition = { readonly absent: true } | { readonly etag: string };

export interface PutOptions {
  readonly when?: Condition;
  readonly signal?: AbortSignal;
  /** Base64, for the server to check. */
  readonly sha256?: string;
}

/** Objects that one call of `deleteObjects` takes. */
const DELETED_AT_ONCE = 1_000;

/** Tries to read an answer to its end. */
const BODY_ATTEMPTS = 3;

/** The store's part of a bucket, by keys without the prefix. Every fault comes out as a `SluiceError`. */
export class Bucket {
  readonly location: string;
  readonly clock = new ServerClock();
  readonly #name: string;
  readonly #prefix: string;
  readonly #connect: () => Promise<S3Api>;
  #api: Promise<S3Api> | undefined;

  /** `connect` is called when the first request is made. */
  constructor({ bucket, prefix }: ResolvedS3Options, connect: () => Promise<S3Api>) {
    this.#name = bucket;
    this.#prefix = prefix;
    this.#connect = connect;
    this.location = `s3://${bucket}/${prefix}`;
  }

  url(key: string): string {
    return `${this.location}${key}`;
  }

  /** The client, and where in it an object stands: for what needs more than the calls below. */
  async direct(key: string): Promise<{ api: S3Api; at: { Bucket: string; Key: string } }> {
    return { api: await this.#client(), at: { Bucket: this.#name, Key: `${this.#prefix}${key}` } };
  }

  /** `undefined` where there is no such object. */
  async get(
    key: string,
    from = 0,
    signal?: AbortSignal,
  ): Promise<(ObjectFacts & { readonly bytes: Buffer }) | undefined> {
    const { api, at } = await this.direct(key);
    const range = from === 0 ? {} : { Range: `bytes=${from}-` };
    for (let attempt = 1; ; attempt++) {
      let answered = false;
      try {
        const found = await api.getObject({ ...at, ...range }, requestOptions(signal));
        answered = true;
        const bytes = Buffer.from((await found.Body?.transformToByteArray()) ?? []);
        return { bytes, ...factsOf(found.ETag, found.LastModified, bytes.length) };
      } catch (error) {
        if (isMissing(error)) return undefined;
        // The SDK tries again until there is an answer, and not where one breaks off.
        if (!answered || attempt === BODY_ATTEMPTS) throw storageFault("read", this.url(key), error);
      }
    }
  }

  /** As {@link Bucket.get}, of an object that holds JSON. Throws `STATE_CORRUPT`. */
  async getJson(
    key: string,
    signal?: AbortSignal,
  ): Promise<(ObjectFacts & { readonly value: unknown }) | undefined> {
    const found = await this.get(key, 0, signal);
    if (found === undefined) return undefined;
    try {
      return { ...found, value: JSON.parse(found.bytes.toString("utf8")) as unknown };
    } catch (error) {
      throw corruptObject(this.url(key), "is not JSON", error);
    }
  }

  async head(key: string): Promise<ObjectFacts | undefined> {
    const { api, at } = await this.direct(key);
    try {
      const found = await api.headObject(at);
      return factsOf(found.ETag, found.LastModified, found.ContentLength);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw storageFault("read", this.url(key), error);
    }
  }

  /**
   * Writes an object, and gives its etag; `undefined` where the condition did not hold. That may also be because the same
   * write was made before and its answer got lost, so whoever puts a condition must look at what is there.
   */
  async put(key: string, body: Uint8Array | string, options: PutOptions = {}): Promise<string | undefined> {
    const { when, signal, sha256 } = options;
    const { api, at } = await this.direct(key);
    const input = {
      ...at,
      Body: typeof body === "string" ? Buffer.from(body) : body,
      ...(sha256 === undefined ? {} : { ChecksumSHA256: sha256 }),
      ...(when === undefined ? {} : "etag" in when ? { IfMatch: when.etag } : { IfNoneMatch: "*" }),
    };
    for (let attempt = 1; ; attempt++) {
      try {
        return (await api.putObject(input, requestOptions(signal))).ETag ?? "";
      } catch (error) {
        if (when !== undefined && statusOf(error) === 412) return undefined;
        // What was to be replaced is gone.
        if (when !== undefined && "etag" in when && isMissing(error)) return undefined;
        // Two conditional writes at the same time: neither is told who won, and both are to ask again.
        const again = when !== undefined && statusOf(error) === 409 && attempt < 8;
        if (!again) throw storageFault("write", this.url(key), error);
        await sleep(20 * 2 ** attempt * Math.random());
      }
    }
  }

  /** All objects whose keys begin with `prefix`, in the order of their keys. */
  async *list(prefix: string): AsyncGenerator<ListedObject, void, undefined> {
    const { api, at } = await this.direct(prefix);
    let token: string | undefined;
    do {
      const more = token === undefined ? {} : { ContinuationToken: token };
      const page = await api
        .listObjectsV2({ Bucket: at.Bucket, Prefix: at.Key, ...more })
        .catch((error: unknown) => {
          throw storageFault("list", this.url(prefix), error);
        });
      for (const { Key = "", ETag, LastModified, Size } of page.Contents ?? [])
        yield { key: Key.slice(this.#prefix.length), ...factsOf(ETag, LastModified, Size) };
      token = page.NextContinuationToken;
    } while (token !== undefined && token !== "");
  }

  /** Objects that are not there count as deleted. */
  async delete(keys: readonly string[]): Promise<void> {
    const { api, at } = await this.direct("");
    for (let start = 0; start < keys.length; start += DELETED_AT_ONCE) {
      const part = keys.slice(start, start + DELETED_AT_ONCE);
      const Objects = part.map((key) => ({ Key: `${this.#prefix}${key}` }));
      const { Errors = [] } = await api
        .deleteObjects({ Bucket: at.Bucket, Delete: { Objects, Quiet: true } })
        .catch((error: unknown) => {
          throw storageFault("delete", this.url(part[0] ?? ""), error);
        });
      const fault = Errors.find(({ Code }) => Code !== "NoSuchKey");
      if (fault === undefined) continue;
      const key = (fault.Key ?? "").slice(this.#prefix.length);
      throw storageFault("delete", this.url(key), { name: fault.Code, message: fault.Message });
    }
  }

  #client(): Promise<S3Api> {
    this.#api ??= this.#connect().then((api) => {
      this.clock.listen(api);
      return api;
    });
    return this.#api;
  }
}

function factsOf(etag = "", modified: Date | undefined, size = 0): ObjectFacts {
  return { etag, modified: modified?.getTime() ?? 0, size };
}

function requestOptions(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
