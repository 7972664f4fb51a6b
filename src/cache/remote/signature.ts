import { createHmac, timingSafeEqual } from "node:crypto";

/** What Turborepo signs begins with since June 2026 (vercel/turborepo pull request 13059). */
const DOMAIN = "artifact-signature:v2";

/**
 * Signs blobs as Turborepo does: an HMAC-SHA256 over the words `artifact-signature:v2`, the hash, the id of the team (the
 * slug is no part of it; without an id, nothing) and the blob, each with its length in bytes before it, 64 bits, the
 * lowest first. In Base64.
 */
export class Signer {
  readonly #key: string;
  readonly #teamId: string;

  constructor(key: string, teamId: string) {
    this.#key = key;
    this.#teamId = teamId;
  }

  /** The tag of a blob of `size` bytes. */
  async tag(hash: string, size: number, blob: AsyncIterable<Uint8Array>): Promise<string> {
    return (await this.#sum(hash, size, blob)).toString("base64");
  }

  async fits(hash: string, size: number, blob: AsyncIterable<Uint8Array>, tag: string): Promise<boolean> {
    const claimed = Buffer.from(tag, "base64");
    const real = await this.#sum(hash, size, blob);
    return claimed.length === real.length && timingSafeEqual(claimed, real);
  }

  async #sum(hash: string, size: number, blob: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const sum = createHmac("sha256", this.#key);
    for (const field of [DOMAIN, hash, this.#teamId]) {
      const bytes = Buffer.from(field);
      addLength(sum, bytes.length);
      sum.update(bytes);
    }
    addLength(sum, size);
    for await (const chunk of blob) sum.update(chunk);
    return sum.digest();
  }
}

function addLength(sum: ReturnType<typeof createHmac>, length: number): void {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(length));
  sum.update(bytes);
}
