import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { codeOf } from "../../errors/index.ts";
import { CacheFault } from "../fault.ts";
import type { Opened } from "./envelope.ts";
import { MemberJudge } from "./members.ts";

/** Bytes of an archive besides its files' own: headers, long names, padding. */
const OVERHEAD = 1 << 30;

/**
 * Unpacks an archive into `draft`, which is made. What is there afterwards is to be used only if this resolves.
 *
 * @throws CacheFault where the archive is damaged, is not that of the envelope, or would reach out of the folder
 */
export async function unpackFolder(
  { envelope, archive }: Opened,
  draft: string,
  mostBytes: number,
): Promise<void> {
  const { Unpack } = await import("tar");
  await mkdir(draft, { recursive: true });
  const judge = new MemberJudge(mostBytes);
  let fault: Error | undefined;
  const unpack = new Unpack({
    cwd: draft,
    strict: true,
    preserveOwner: false,
    // Within the parser nobody would catch what this throws.
    filter: (_path, entry) => {
      if (fault !== undefined || !("linkpath" in entry)) return false;
      try {
        judge.see(entry);
      } catch (error) {
        fault = error as Error;
        return false;
      }
      // No file of a cache acts for somebody else.
      entry.mode = (entry.mode ?? 0o600) & 0o777;
      return true;
    },
  });
  unpack.on("error", (error: Error) => (fault ??= error));
  const closed = new Promise<void>((resolve) => {
    unpack.on("close", resolve);
    unpack.on("error", () => resolve());
  });
  const sum = createHash("sha256");
  try {
    await pipeline(summed(archive, sum), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      let bytes = 0;
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > mostBytes + OVERHEAD) throw new CacheFault("a folder is larger than it says");
        if (!unpack.write(chunk) && fault === undefined) await Promise.race([once(unpack, "drain"), closed]);
        throwIf(fault);
      }
      unpack.end();
      await closed;
      throwIf(fault);
    });
  } catch (error) {
    if (error instanceof CacheFault) throw error;
    const code = codeOf(error) ?? "";
    // A disk that is full says nothing against the archive.
    if (/^E[A-Z]+$/.test(code)) throw error;
    throw new CacheFault(`a folder cannot be unpacked: ${(error as Error).message}`, { cause: error });
  }
  if (`sha256:${sum.digest("hex")}` !== envelope.digest)
    throw new CacheFault("a folder does not fit its digest");
}

function throwIf(fault: Error | undefined): void {
  if (fault !== undefined) throw fault;
}

async function* summed(
  archive: AsyncIterable<Uint8Array>,
  sum: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of archive) {
    sum.update(chunk);
    yield chunk;
  }
}
