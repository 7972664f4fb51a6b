import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import { isSluiceError, SluiceError } from "../../../errors/index.ts";
import type { Artifact, ArtifactFile } from "../../../model/index.ts";
import type { ArtifactStore, Swept } from "../../../ports/index.ts";
import { FileArtifactStore } from "../../fs/artifacts.ts";
import { NO_SYNC } from "../../fs/contents.ts";
import type { Bucket } from "../bucket.ts";
import { isMissing, storageFault } from "../faults.ts";
import { ARTIFACTS, artifactKey } from "../keys.ts";
import { downloadFile } from "./download.ts";
import { sweepObjects } from "./sweep.ts";
import { uploadFile } from "./upload.ts";

/** Files that are moved at the same time. */
const AT_ONCE = 4;

/**
 * An object older than this is made new again where it is kept again, so that no sweep takes it. Milliseconds: well below
 * the hour for which `clean` leaves what no run names yet.
 */
const REFRESHED_AFTER = 1_800_000;

/** S3 copies no larger object in one request. Bytes. */
const COPIED_AT_MOST = 5 * 1024 ** 3;

/**
 * Files by content below `artifacts/sha256/`. What was saved or restored here once stays in a folder on this machine as
 * well, and is not fetched again.
 */
export class S3ArtifactStore implements ArtifactStore {
  readonly #bucket: Bucket;
  readonly #folder: string;
  readonly #local: FileArtifactStore;

  constructor(bucket: Bucket, folder: string) {
    this.#bucket = bucket;
    this.#folder = folder;
    this.#local = new FileArtifactStore(folder, NO_SYNC);
  }

  async save(name: string, globs: readonly string[], root: string): Promise<Artifact> {
    const artifact = await this.#local.save(name, globs, root);
    await forEachDigest(artifact.files, (file) => this.#keep(file));
    return artifact;
  }

  async adopt(artifact: Artifact, take: (digest: string, file: string) => Promise<void>): Promise<void> {
    await this.#local.adopt(artifact, take);
    await forEachDigest(artifact.files, (file) => this.#keep(file));
  }

  async restore(artifact: Artifact, folder: string): Promise<void> {
    await forEachDigest(artifact.files, (file) => this.#fetch(artifact, file, false));
    try {
      await this.#local.restore(artifact, folder);
    } catch (error) {
      if (!isSluiceError(error) || error.code !== "ARTIFACT_CORRUPT") throw error;
      // The copy on this machine was changed, or swept meanwhile; what counts is in the bucket.
      await forEachDigest(artifact.files, (file) => this.#fetch(artifact, file, true));
      await this.#local.restore(artifact, folder);
    }
  }

  async sweep(keep: ReadonlySet<string>, before: number, dry = false): Promise<Swept> {
    const swept = await sweepObjects(this.#bucket, keep, before, dry);
    await this.#local.sweep(keep, before, dry);
    return swept;
  }

  async size(): Promise<number> {
    let bytes = 0;
    for await (const { size } of this.#bucket.list(ARTIFACTS)) bytes += size;
    return bytes;
  }

  async #keep({ digest, size }: ArtifactFile): Promise<void> {
    const key = artifactKey(digest);
    const there = await this.#bucket.head(key);
    if (there?.size !== size) {
      await uploadFile(this.#bucket, key, this.#copy(digest), hexOf(digest));
      return;
    }
    const age = (this.#bucket.clock.now() ?? Date.now()) - there.modified;
    if (age < REFRESHED_AFTER) return;
    if (size > COPIED_AT_MOST || !(await this.#renew(key)))
      await uploadFile(this.#bucket, key, this.#copy(digest), hexOf(digest));
  }

  /** False where a sweep has taken it in between. */
  async #renew(key: string): Promise<boolean> {
    const { api, at } = await this.#bucket.direct(key);
    const CopySource = `${at.Bucket}/${at.Key.split("/").map(encodeURIComponent).join("/")}`;
    try {
      await api.copyObject({ ...at, CopySource, MetadataDirective: "REPLACE" });
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw storageFault("write", this.#bucket.url(key), error);
    }
  }

  async #fetch(artifact: Artifact, { digest, path }: ArtifactFile, again: boolean): Promise<void> {
    const copy = this.#copy(digest);
    if (existsSync(copy)) {
      if (!again) return;
      await rm(copy, { force: true });
    }
    const key = artifactKey(digest);
    const whole = await downloadFile(this.#bucket, key, copy, hexOf(digest));
    if (whole === true) return;
    throw new SluiceError(
      "ARTIFACT_CORRUPT",
      `artifact "${artifact.name}": ${path} (${this.#bucket.url(key)}) ${whole === undefined ? "is not in the store" : "does not fit its digest"}`,
      { path: this.#bucket.url(key), hint: "Run the job that makes it again." },
    );
  }

  /** Where {@link FileArtifactStore} keeps a file. */
  #copy(digest: string): string {
    const hex = hexOf(digest);
    return join(this.#folder, "sha256", hex.slice(0, 2), hex.slice(2));
  }
}

/** Equal files of one artifact are moved once. */
async function forEachDigest(
  files: readonly ArtifactFile[],
  move: (file: ArtifactFile) => Promise<void>,
): Promise<void> {
  const limit = pLimit(AT_ONCE);
  const unique = new Map(files.map((file) => [file.digest, file]));
  await Promise.all([...unique.values()].map((file) => limit(() => move(file))));
}

function hexOf(digest: string): string {
  return digest.replace(/^sha256:/, "");
}
