import type { ClusterCredentials } from "../../ports/index.ts";

/** How long before their end credentials are renewed: milliseconds. */
const EARLY = 60_000;

/** What is left of a short life when credentials that do not live for long are renewed. */
const SHORT_LIFE = 4;

export interface CacheOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /**
   * Milliseconds before their end at which credentials are got anew; at most a quarter of what they had left to live.
   * @defaultValue one minute
   */
  readonly early?: number;
}

/**
 * Keeps credentials until shortly before they end; `fresh` gets new ones in any case. All who ask at the same time share
 * one call of `fetch`. Where renewal fails before the old ones have ended, the old ones serve on.
 */
export function cachedCredentials(
  fetch: (options: { readonly fresh: boolean }) => Promise<ClusterCredentials>,
  { now, early = EARLY }: CacheOptions,
): (options?: { readonly fresh?: boolean }) => Promise<ClusterCredentials> {
  let held: { readonly credentials: ClusterCredentials; readonly renewAt: number } | undefined;
  let underway: Promise<ClusterCredentials> | undefined;

  async function renew(fresh: boolean): Promise<ClusterCredentials> {
    const before = held;
    try {
      const credentials = await fetch({ fresh });
      const { expiresAt = Infinity } = credentials;
      held = {
        credentials,
        renewAt: expiresAt - Math.min(early, Math.max(0, expiresAt - now()) / SHORT_LIFE),
      };
      return credentials;
    } catch (error) {
      if (!fresh && before !== undefined && now() < (before.credentials.expiresAt ?? Infinity))
        return before.credentials;
      throw error;
    }
  }

  return async ({ fresh = false } = {}) => {
    if (!fresh && held !== undefined && now() < held.renewAt) return held.credentials;
    underway ??= renew(fresh).finally(() => {
      underway = undefined;
    });
    return await underway;
  };
}
