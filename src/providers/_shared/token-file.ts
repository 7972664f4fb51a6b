import { readFile } from "node:fs/promises";
import { codeOf, SluiceError } from "../../errors/index.ts";
import type { ClusterCredentials } from "../../ports/index.ts";

/** How long a token that was read counts as the newest: milliseconds. */
const NEWEST = 60_000;

/**
 * A token in a file that somebody else renews. Read again once a minute at most, and on `fresh`; while it cannot be read,
 * the last one serves on.
 *
 * @throws SluiceError `CLUSTER_DENIED` where there is none
 */
export function tokenFile(
  file: string,
  { now, hint }: { readonly now: () => number; readonly hint: string },
): (options?: { readonly fresh?: boolean }) => Promise<ClusterCredentials> {
  let held: { readonly credentials: ClusterCredentials; readonly readAt: number } | undefined;
  let underway: Promise<ClusterCredentials> | undefined;

  async function read(fresh: boolean): Promise<ClusterCredentials> {
    try {
      const token = (await readFile(file, "utf8")).trim();
      if (token === "") throw new SluiceError("CLUSTER_DENIED", `the token file ${file} is empty`, { hint });
      const expiresAt = endOfToken(token);
      const credentials = { token, ...(expiresAt === undefined ? {} : { expiresAt }) };
      held = { credentials, readAt: now() };
      return credentials;
    } catch (error) {
      if (!fresh && held !== undefined) return held.credentials;
      if (error instanceof SluiceError) throw error;
      const code = codeOf(error) ?? "unknown error";
      throw new SluiceError("CLUSTER_DENIED", `the token file ${file} cannot be read (${code})`, {
        hint,
        cause: error,
      });
    }
  }

  return async ({ fresh = false } = {}) => {
    if (!fresh && held !== undefined && now() - held.readAt < NEWEST) return held.credentials;
    underway ??= read(fresh).finally(() => {
      underway = undefined;
    });
    return await underway;
  };
}

/** When a JSON Web Token ends (RFC 7519, `exp`), in milliseconds since 1970; `undefined` for other tokens. */
export function endOfToken(token: string): number | undefined {
  const payload = token.split(".")[1];
  if (payload === undefined) return undefined;
  try {
    const { exp } = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as { exp?: unknown };
    return typeof exp === "number" ? exp * 1_000 : undefined;
  } catch {
    return undefined;
  }
}
