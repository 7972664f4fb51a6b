import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, copyFile, mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, posix, resolve, sep } from "node:path";
import { codeOf, SluiceError } from "../../errors/index.ts";
import type { Artifact, ArtifactFile } from "../../model/index.ts";
import type { ArtifactStore, Swept } from "../../ports/index.ts";
import { canonicalJson, sha256 } from "../../util/canonical-json.ts";
import { Contents, hashFile, type DiskSync } from "./contents.ts";
import { unwritable } from "./faults.ts";
import { keptFiles, sweepFiles } from "./sweep.ts";

/** Files hashed and copied at the same time. */
const AT_ONCE = 4;

/** Files by content, below `<state>/artifacts`. Equal content is kept once. */
export class FileArtifactStore implements ArtifactStore {
  readonly #folder: string;
  readonly #contents: Contents;

  constructor(folder: string, sync?: DiskSync) {
    this.#folder = folder;
    this.#contents = new Contents(folder, sync);
  }

  async save(name: string, globs: readonly string[], root: string): Promise<Artifact> {
    const [{ glob }, { default: pLimit }] = await Promise.all([import("tinyglobby"), import("p-limit")]);
    const paths = await glob([...globs], {
      cwd: root,
      dot: true,
      onlyFiles: true,
      ignore: ["**/.sluice/**"],
    });
    if (paths.length === 0) {
      throw new SluiceError(
        "ARTIFACT_MISSING",
        `artifact "${name}": no file matches ${globs.join(", ")} in ${root}`,
        {
          hint: "Check that the job writes it, and that the pattern is relative to the pipeline's root.",
        },
      );
    }
    paths.sort();
    const limit = pLimit(AT_ONCE);
    const folders = new Set<string>();
    const files = await Promise.all(paths.map((path) => limit(() => this.#keep(root, path, folders))));
    await this.#contents.settle(folders);
    const identity = files.map(({ path, digest, executable }) => ({ path, digest, executable }));
    return {
      name,
      digest: sha256(canonicalJson(identity)),
      path: commonPath(paths),
      size: files.reduce((sum, file) => sum + file.size, 0),
      files,
    };
  }

  async adopt({ files }: Artifact, take: (digest: string, file: string) => Promise<void>): Promise<void> {
    const absent = new Set<string>();
    for (const { digest, size } of files) if (!this.#contents.renew(digest, size)) absent.add(digest);
    if (absent.size === 0) return;
    const { default: pLimit } = await import("p-limit");
    const limit = pLimit(AT_ONCE);
    const folders = new Set<string>();
    const bring = async (digest: string): Promise<void> => {
      const incoming = await this.#contents.incoming();
      try {
        await take(digest, incoming);
        await this.#contents.put(incoming, digest, folders);
      } finally {
        await rm(incoming, { force: true });
      }
    };
    await Promise.all([...absent].map((digest) => limit(() => bring(digest))));
    await this.#contents.settle(folders);
  }

  local(digest: string): string {
    return this.#contents.path(digest);
  }

  async restore(artifact: Artifact, folder: string): Promise<void> {
    const { default: pLimit } = await import("p-limit");
    const limit = pLimit(AT_ONCE);
    await Promise.all(artifact.files.map((file) => limit(() => this.#put(artifact, file, folder))));
  }

  sweep(keep: ReadonlySet<string>, before: number, dry = false): Promise<Swept> {
    return sweepFiles(this.#folder, keep, before, dry);
  }

  async size(): Promise<number> {
    let bytes = 0;
    for (const { path } of await keptFiles(this.#folder)) bytes += (await stat(path)).size;
    return bytes;
  }

  async #keep(root: string, path: string, folders: Set<string>): Promise<ArtifactFile> {
    const from = join(root, path);
    let kept: string | undefined;
    try {
      kept = await this.#contents.incoming();
      // Copied first and hashed from the copy: what is kept is what was hashed, whatever still writes to the original.
      await copyFile(from, kept, constants.COPYFILE_FICLONE);
      const digest = await hashFile(kept);
      const info = await stat(kept);
      // Reading what is there takes less than waiting for the disk, and most files are what they were the last time.
      const there = await hashFile(this.#contents.path(digest)).catch(() => undefined);
      if (there !== digest || !this.#contents.renew(digest, info.size))
        await this.#contents.put(kept, digest, folders);
      return {
        path: path.split(sep).join("/"),
        digest,
        size: info.size,
        executable: (info.mode & 0o100) !== 0,
      };
    } catch (error) {
      throw unwritable(`${from} to the artifacts`, error);
    } finally {
      if (kept !== undefined) await rm(kept, { force: true });
    }
  }

  async #put(artifact: Artifact, file: ArtifactFile, folder: string): Promise<void> {
    const to = resolve(folder, file.path);
    if (!to.startsWith(resolve(folder) + sep)) {
      throw new SluiceError(
        "ARTIFACT_CORRUPT",
        `artifact "${artifact.name}" names ${file.path}, which leaves its folder`,
      );
    }
    const from = this.#contents.path(file.digest);
    const temporary = `${to}.${randomBytes(6).toString("hex")}.tmp`;
    await mkdir(dirname(to), { recursive: true });
    try {
      await copyFile(from, temporary, constants.COPYFILE_FICLONE).catch((error: unknown) => {
        throw codeOf(error) === "ENOENT"
          ? corrupt(artifact, file, "is not in the store")
          : unwritable(to, error);
      });
      if ((await hashFile(temporary)) !== file.digest)
        throw corrupt(artifact, file, "does not fit its digest");
      await chmod(temporary, file.executable ? 0o755 : 0o644);
      await rename(temporary, to);
    } finally {
      await rm(temporary, { force: true });
    }
  }
}

function corrupt(artifact: Artifact, file: ArtifactFile, what: string): SluiceError {
  return new SluiceError(
    "ARTIFACT_CORRUPT",
    `artifact "${artifact.name}": ${file.path} (${file.digest}) ${what}`,
    {
      hint: "Run the job that makes it again.",
    },
  );
}

/** The only path, or the deepest folder that holds all. */
function commonPath(paths: readonly string[]): string {
  const [first = "", ...others] = paths;
  if (others.length === 0) return first;
  let folder = posix.dirname(first);
  while (folder !== "." && !others.every((path) => path.startsWith(`${folder}/`)))
    folder = posix.dirname(folder);
  return folder;
}
