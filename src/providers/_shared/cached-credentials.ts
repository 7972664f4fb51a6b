import type { ClusterCredentials } from "../../ports/index.ts";

/** How long before their end credentials are renewed: milliseconds. */
const EARLY = 60_000;

/** What is left of a short life when credentials that do not live for long are renewed. */
const SHORT_LIFE = 4;

/** Before a renewal that failed is tried again, while the old ones are good: milliseconds. */
const PAUSE = 10_000;

export interface CacheOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /**
   * Milliseconds before their end at which credentials are got anew; at most a quarter of what they had left to live.
   * @defaultValue one minute
   */
  readonly early?: number;
}

/** What a source gives: the credentials, and when it would rather be asked again where that is long before their end. */
export interface FetchedCredentials extends ClusterCredentials {
  /** Milliseconds since 1970. */
  readonly renewAt?: number | undefined;
}

/**
 * Keeps credentials until shortly before they end; `fresh` gets new ones in any case. All who ask at the same time share
 * one call of `fetch`. Until the old ones have ended nobody waits for new ones: a source that does not answer would hold
 * up requests that they are still good for.
 */
export function cachedCredentials(
  fetch: (options: { readonly fresh: boolean }) => Promise<FetchedCredentials>,
  { now, early = EARLY }: CacheOptions,
): (options?: { readonly fresh?: boolean }) => Promise<ClusterCredentials> {
  let held: { readonly credentials: ClusterCredentials; readonly renewAt: number } | undefined;
  let underway: Promise<ClusterCredentials> | undefined;

  async function fetchAnew(fresh: boolean): Promise<ClusterCredentials> {
    const { renewAt = Infinity, ...credentials } = await fetch({ fresh });
    const { expiresAt = Infinity } = credentials;
    const ahead = Math.min(early, Math.max(0, expiresAt - now()) / SHORT_LIFE);
    held = { credentials, renewAt: Math.min(renewAt, expiresAt - ahead) };
    return credentials;
  }

  function renew(fresh: boolean): Promise<ClusterCredentials> {
    underway ??= fetchAnew(fresh).finally(() => {
      underway = undefined;
    });
    return underway;
  }

  return async ({ fresh = false } = {}) => {
    if (fresh || held === undefined) return await renew(fresh);
    const { credentials, renewAt } = held;
    if (now() < renewAt) return credentials;
    if (now() >= (credentials.expiresAt ?? Infinity)) return await renew(false);
    renew(false).catch(() => {
      if (held?.credentials === credentials) held = { credentials, renewAt: now() + PAUSE };
    });
    return credentials;
  };
}
