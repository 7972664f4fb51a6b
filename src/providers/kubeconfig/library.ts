import { loadOptional } from "../_shared/index.ts";

/**
 * What is used of `@kubernetes/client-node`: users of the time before credential plugins. Kubeconfigs themselves are not
 * read by it: it knows no token files or impersonated groups, refuses to merge files, and takes half a second to load.
 */
export interface KubeconfigLibrary {
  /** Gives the way to get a user's token, again and again. */
  legacyToken(user: string, authProvider: unknown): () => Promise<string | undefined>;
}

/** Loads the library. @throws SluiceError `DEPENDENCY_MISSING` */
export async function loadLibrary(): Promise<KubeconfigLibrary> {
  const { KubeConfig } = await loadOptional(
    "@kubernetes/client-node",
    () => import("@kubernetes/client-node"),
    "kubeconfig(), for a user with an auth-provider,",
  );
  return {
    legacyToken: (user, authProvider) => {
      // The same one each time: it renews what it holds.
      const config = new KubeConfig();
      config.loadFromClusterAndUser(
        { name: "cluster", server: "https://cluster", skipTLSVerify: false },
        { name: user, authProvider },
      );
      return async () => {
        const options: { headers?: Record<string, unknown> } = { headers: {} };
        await config.applyToHTTPSOptions(options as Parameters<typeof config.applyToHTTPSOptions>[0]);
        const value = options.headers?.["Authorization"];
        return typeof value === "string" ? value.replace(/^Bearer /, "") : undefined;
      };
    },
  };
}
