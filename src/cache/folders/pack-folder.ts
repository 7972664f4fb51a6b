import { createHash } from "node:crypto";
import { createWriteStream, openAsBlob, readlinkSync } from "node:fs";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { CacheFault } from "../fault.ts";
import { linkStaysInside } from "./members.ts";
import type { FolderSize } from "./measure.ts";

export interface PackedFolder extends FolderSize {
  readonly digest: string;
  /** In the file. */
  readonly blob: Blob;
}

/** Quick rather than small: what package managers keep is packed already. */
const LEVEL = 1;

/**
 * Packs what is in a folder into a file, as a gzipped tar.
 *
 * @throws CacheFault where it is larger than `mostBytes` or holds a link that leads out of it; the system's error where something changed on the way
 */
export async function packFolder(folder: string, file: string, mostBytes: number): Promise<PackedFolder> {
  const { create } = await import("tar");
  let files = 0;
  let bytes = 0;
  let outward: string | undefined;
  const archive = create(
    {
      cwd: folder,
      portable: true,
      strict: true,
      filter: (name, stat) => {
        const path = name.replace(/^\.\//, "");
        if (!("isFile" in stat)) return true;
        if (stat.isSymbolicLink() && !linkStaysInside(path, readlinkSync(join(folder, path))))
          outward ??= path;
        if (stat.isFile()) {
          files++;
          bytes += stat.size;
        }
        return bytes <= mostBytes && outward === undefined;
      },
    },
    ["."],
  );
  const sum = createHash("sha256");
  const summing = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      sum.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(
    archive,
    createGzip({ level: LEVEL }),
    summing,
    createWriteStream(file, { flags: "wx", mode: 0o600 }),
  );
  if (outward !== undefined)
    throw new CacheFault(`it holds ${JSON.stringify(outward)}, a link that leads out of it`);
  if (bytes > mostBytes)
    throw new CacheFault(`it has more than the ${String(mostBytes)} bytes that are sent: empty it once`);
  return { files, bytes, digest: `sha256:${sum.digest("hex")}`, blob: await openAsBlob(file) };
}
