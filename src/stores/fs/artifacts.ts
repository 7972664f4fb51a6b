import { createHash, randomBytes } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { chmod, copyFile, mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, posix, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { SluiceError } from "../../errors/index.ts";
import type { Artifact, ArtifactFile } from "../../model/index.ts";
import type { ArtifactStore, Swept } from "../../ports/index.ts";
import { canonicalJson, sha256 } from "../../util/canonical-json.ts";
import { unwritable } from "./faults.ts";
import { INCOMING, keptFiles, sweepFiles } from "./sweep.ts";

/** Files hashed and copied at the same time. */
const AT_ONCE = 4;

/** Files by content, below `<state>/artifacts/sha256/<2 digits>/<62 digits>`. Equal content is kept once. */
export class FileArtifactStore implements ArtifactStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
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
    const files = await Promise.all(paths.map((path) => limit(() => this.#keep(root, path))));
    const identity = files.map(({ path, digest, executable }) => ({ path, digest, executable }));
    return {
      name,
      digest: sha256(canonicalJson(identity)),
      path: commonPath(paths),
      size: files.reduce((sum, file) => sum + file.size, 0),
      files,
    };
  }

  local(digest: string): string {
    return this.#place(digest);
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

  async #keep(root: string, path: string): Promise<ArtifactFile> {
    const from = join(root, path);
    const kept = join(this.#folder, `${INCOMING}${randomBytes(8).toString("hex")}`);
    try {
      await mkdir(this.#folder, { recursive: true });
      // Copied first and hashed from the copy: what is kept is what was hashed, whatever still writes to the original.
      await copyFile(from, kept, constants.COPYFILE_FICLONE);
      const digest = await hashFile(kept);
      const info = await stat(kept);
      const place = this.#place(digest);
      await mkdir(dirname(place), { recursive: true });
      await rename(kept, place);
      return {
        path: path.split(sep).join("/"),
        digest,
        size: info.size,
        executable: (info.mode & 0o100) !== 0,
      };
    } catch (error) {
      await rm(kept, { force: true });
      throw unwritable(`${from} to the artifacts`, error);
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
    const from = this.#place(file.digest);
    const temporary = `${to}.${randomBytes(6).toString("hex")}.tmp`;
    await mkdir(dirname(to), { recursive: true });
    try {
      await copyFile(from, temporary, constants.COPYFILE_FICLONE).catch((error: unknown) => {
        throw (error as NodeJS.ErrnoException).code === "ENOENT"
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

  #place(digest: string): string {
    const hex = digest.replace(/^sha256:/, "");
    return join(this.#folder, "sha256", hex.slice(0, 2), hex.slice(2));
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

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest("hex")}`;
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
