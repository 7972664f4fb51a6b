import type { BlobCache, SecretSource, StoreContext } from "../../ports/index.ts";
import { Addresses } from "./addresses.ts";
import { Events } from "./events.ts";
import { Http } from "./http/http.ts";
import { Routes } from "../../util/http/routes.ts";
import { cacheUrl, type ResolvedTurborepoOptions } from "./options.ts";
import { Signer } from "./signature.ts";
import { Spool } from "./spool.ts";
import { TurborepoCache } from "./turborepo-cache.ts";

const VERCEL = "https://vercel.com/api";

/**
 * @throws SluiceError `SECRET_MISSING` where the place of a secret that was named holds none; `DEFINITION_INVALID` where
 * `TURBO_API` is no address
 */
export async function openTurborepo(
  options: ResolvedTurborepoOptions,
  context: StoreContext,
): Promise<BlobCache> {
  const { env, stateDir } = context;
  const token = await resolve(options.token, "TURBO_TOKEN", context);
  const key = await resolve(options.signatureKey, "TURBO_REMOTE_CACHE_SIGNATURE_KEY", context);
  const teamId = options.teamId ?? variable(env, "TURBO_TEAMID");
  const addresses = new Addresses(
    options.url ?? cacheUrl(variable(env, "TURBO_API") ?? VERCEL, "TURBO_API"),
    {
      teamId,
      slug: options.slug ?? variable(env, "TURBO_TEAM"),
    },
  );
  const http = new Http({ token, timeout: options.timeout, routes: new Routes(env) });
  return new TurborepoCache({
    addresses,
    http,
    events: new Events(http, addresses.events()),
    // A server may send back what it was sent.
    secrets: [token, key].filter((secret) => secret !== undefined),
    signer: key === undefined ? undefined : new Signer(key, teamId ?? ""),
    spool: new Spool(stateDir),
    readOnly: options.readOnly,
  });
}

async function resolve(
  source: SecretSource | undefined,
  name: string,
  { root, env }: StoreContext,
): Promise<string | undefined> {
  if (source === undefined) return variable(env, name);
  return await source.resolve({ root, env, signal: new AbortController().signal });
}

function variable(env: StoreContext["env"], name: string): string | undefined {
  const value = env[name];
  return value === "" ? undefined : value;
}
