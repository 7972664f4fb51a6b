import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { turborepo } from "../../../../src/cache/remote/turborepo.ts";
import type { TurborepoOptions } from "../../../../src/cache/remote/options.ts";
import type { BlobCache } from "../../../../src/ports/index.ts";
import { env } from "../../../../src/secrets/index.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

export interface Client {
  readonly cache: BlobCache;
  readonly stateDir: string;
  /** Blobs that lie in files on their way. */
  incoming(): string[];
}

/** Opens a cache as a pipeline would, with nothing of this machine's environment. */
export async function connect(
  options: TurborepoOptions,
  variables: Readonly<Record<string, string>> = { TURBO_TOKEN: "the-token" },
  stateDir = tempFolder(),
): Promise<Client> {
  const context = { root: stateDir, stateDir, env: variables };
  const cache = await turborepo({ teamId: "team_a", ...options }).open(context);
  const incoming = join(stateDir, "cache", "incoming");
  return { cache, stateDir, incoming: () => (existsSync(incoming) ? readdirSync(incoming) : []) };
}

export { env };

export async function read(stream: AsyncIterable<Uint8Array> | undefined): Promise<Buffer | undefined> {
  if (stream === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The digest of a blob: comparing large ones byte by byte takes a test runner seconds. */
export async function sumOf(
  blob: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | undefined,
): Promise<string | undefined> {
  if (blob === undefined) return undefined;
  const sum = createHash("sha256");
  for await (const chunk of blob) sum.update(chunk);
  return sum.digest("hex");
}

/** Bytes that no compression and no repetition hides a mistake in. */
export function noise(size: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0, state = seed; at < size; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
