import type { CacheSource } from "../../ports/index.ts";
import { resolveOptions, type TurborepoOptions } from "./options.ts";

/**
 * A remote cache that speaks the Turborepo remote-cache protocol: Vercel's, or a server of your own such as
 * `turborepo-remote-cache`. For the `cache` option of a pipeline.
 *
 * Nothing is asked before the first lookup. Trouble with the cache fails no job: it is a warning, and the job runs. The
 * token and the key go into requests and signatures alone, never into a Plan, a log or a message.
 *
 * @throws DEFINITION_INVALID where an option makes no sense
 *
 * @example
 * ```ts
 * import { env, pipeline, sh } from "sluice";
 * import { turborepo } from "sluice/cache";
 *
 * const cache = turborepo({ url: "https://cache.example.com", teamId: "team_web", token: env("CACHE_TOKEN") });
 *
 * export default pipeline({ name: "web", cache }, (p) => {
 *   p.stage("build").job("bundle", sh`npm run build`, { cache: { inputs: "src/**" } });
 * });
 * ```
 */
export function turborepo(options: TurborepoOptions = {}): CacheSource {
  const resolved = resolveOptions(options);
  return Object.freeze<CacheSource>({
    kind: "turborepo",
    open: async (context) => (await import("./open.ts")).openTurborepo(resolved, context),
  });
}
