import type { ClusterApi, KubeObject } from "../api/types.ts";
import { judgeReadiness } from "../readiness/judge.ts";
import { TRANSIENT, type Verdict } from "../readiness/verdict.ts";
import { untilSeen } from "./until-seen.ts";

/**
 * Waits until all Gateways have taken a route as it was applied. Gives how it stands then, or when the time is over.
 */
export async function untilTaken(
  api: ClusterApi,
  applied: KubeObject,
  { timeout, signal }: { readonly timeout: number; readonly signal: AbortSignal },
): Promise<Verdict> {
  const { apiVersion, kind, metadata } = applied;
  const { name, namespace = "", generation } = metadata;
  const judge = (route: KubeObject): Verdict => judgeReadiness({ ...route, apiVersion, kind }, generation);
  const watch = api.watch({ apiVersion, kind }, { namespace, fields: `metadata.name=${name}` });
  let verdict = judge(applied);
  const look = (): Verdict => {
    const now = watch.objects.get(`${namespace}/${name}`);
    if (now !== undefined) verdict = judge(now);
    return verdict;
  };
  try {
    await untilSeen(watch, () => look().state !== "waiting", { timeout, signal });
    if (mayMend(verdict)) {
      const patience = { timeout: Math.min(timeout, TRANSIENT), signal };
      await untilSeen(watch, () => look().state !== "waiting" && !mayMend(verdict), patience);
    }
    return verdict;
  } finally {
    watch.close();
  }
}

function mayMend(verdict: Verdict): boolean {
  return verdict.state === "failed" && verdict.transient === true;
}
