import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { S3ArtifactStore } from "../../../../src/stores/s3/artifacts/artifact-store.ts";
import { Bucket } from "../../../../src/stores/s3/bucket.ts";
import type { S3Api } from "../../../../src/stores/s3/client/api.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

const HOUR = 3_600_000;

/** What this store asks of a storage, in memory. `then` is called after each request, with what it was. */
class Storage {
  readonly objects = new Map<string, { size: number; modified: Date }>();
  readonly calls: string[] = [];
  then: (call: string) => void = () => undefined;

  readonly api = {
    listObjectsV2: () =>
      this.#answer("list", () => ({
        Contents: [...this.objects].map(([Key, { size, modified }]) => ({
          Key,
          Size: size,
          LastModified: modified,
        })),
      })),
    headObject: ({ Key }: { Key: string }) =>
      this.#answer("head", () => {
        const { size, modified } = this.#there(Key);
        return { ContentLength: size, LastModified: modified };
      }),
    putObject: ({ Key, Body }: { Key: string; Body: Uint8Array }) =>
      this.#answer("put", () => {
        this.objects.set(Key, { size: Body.length, modified: new Date() });
        return {};
      }),
    copyObject: ({ Key }: { Key: string }) =>
      this.#answer("copy", () => {
        this.#there(Key).modified = new Date();
      }),
    deleteObjects: ({ Delete }: { Delete: { Objects: { Key: string }[] } }) =>
      this.#answer("delete", () => {
        for (const { Key } of Delete.Objects) this.objects.delete(Key);
        return {};
      }),
    middlewareStack: { add: () => undefined },
  } as unknown as S3Api;

  /** Opens the store as one more machine. */
  open(): S3ArtifactStore {
    const bucket = new Bucket({ bucket: "b", prefix: "", lease: 0 }, () => Promise.resolve(this.api));
    return new S3ArtifactStore(bucket, tempFolder());
  }

  age(by: number): void {
    for (const object of this.objects.values()) object.modified = new Date(Date.now() - by);
  }

  async #answer<T>(call: string, answer: () => T): Promise<T> {
    await Promise.resolve();
    this.calls.push(call);
    const answered = answer();
    this.then(call);
    return answered;
  }

  #there(key: string): { size: number; modified: Date } {
    const found = this.objects.get(key);
    if (found !== undefined) return found;
    throw Object.assign(new Error("gone"), { name: "NoSuchKey", $metadata: { httpStatusCode: 404 } });
  }
}

function folderWith(text: string): string {
  const root = tempFolder();
  writeFileSync(join(root, "x"), text);
  return root;
}

describe("artifacts in a bucket", () => {
  it("stay where somebody keeps them again while they are being swept", async () => {
    const storage = new Storage();
    for (const text of ["kept again", "not needed"])
      await storage.open().save("out", ["x"], folderWith(text));
    storage.age(2 * HOUR);
    const [again = ""] = storage.objects.keys();
    storage.then = (call) => {
      if (call === "list") storage.objects.set(again, { size: 10, modified: new Date() });
    };
    expect(await storage.open().sweep(new Set(), Date.now() - HOUR)).toEqual({ files: 1, bytes: 10 });
    expect([...storage.objects.keys()]).toEqual([again]);
  });

  it("are made new long before a sweep may take them, and sent again where one just has", async () => {
    const storage = new Storage();
    const keep = () => storage.open().save("out", ["x"], folderWith("content"));
    await keep();
    storage.age(HOUR * 0.75);
    await keep();
    expect(storage.calls).toEqual(["head", "put", "head", "copy"]);
    storage.age(HOUR * 2);
    storage.then = (call) => {
      if (call === "head") storage.objects.clear();
    };
    await keep();
    expect(storage.calls.slice(4)).toEqual(["head", "copy", "put"]);
    expect(storage.objects.size).toBe(1);
  });
});
