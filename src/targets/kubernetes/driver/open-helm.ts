import type { TargetContext } from "../../../ports/index.ts";
import { childKubeconfig } from "../helm/child-kubeconfig.ts";
import type { HelmContext } from "../helm/types.ts";
import type { OpenCluster } from "../place.ts";

/** Helm, ready to be run against the target's cluster. */
export interface HelmHands {
  /** `signal` ends what it is doing. */
  at(signal: AbortSignal): HelmContext;
  close(): Promise<void>;
}

/** Gives Helm a way into the cluster that holds no credentials. */
export async function openHelm(
  { connection, namespace }: Pick<OpenCluster, "connection" | "namespace">,
  context: Pick<TargetContext, "root" | "env" | "processes" | "mask" | "write">,
): Promise<HelmHands> {
  const { root, env, processes } = context;
  const child = await childKubeconfig(connection, namespace);
  const mask = (text: string): string => context.mask(text);
  const report = (text: string): void => {
    context.write("stderr", text)?.catch(() => undefined); // a fault of the log is told where the log is kept
  };
  const parts = { root, env, processes, kubeconfig: child.path, namespace, mask, report };
  return { at: (signal) => ({ ...parts, signal }), close: () => child.dispose() };
}
