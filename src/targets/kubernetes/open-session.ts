import { setTimeout as sleep } from "node:timers/promises";
import { SluiceError } from "../../errors/index.ts";
import type { TargetContext } from "../../ports/index.ts";
import { abortWith } from "./abort-with.ts";
import { ApiFault } from "./api/api-fault.ts";
import { type DriverClock, identityOf, type Place, Session } from "./driver/session.ts";
import { takeLease } from "./lease/take-lease.ts";
import type { DeployLease } from "./lease/types.ts";
import { openCluster, type OpenCluster, type TargetHands } from "./place.ts";
import { labelsOf, labelValue } from "./render/names.ts";
import { MANAGER } from "./release/types.ts";
import type { KubernetesSpec } from "./spec.ts";
import { Endpoints } from "./traffic/endpoints.ts";
import { GatewayRouter } from "./traffic/gateway.ts";
import { ReplicasRouter } from "./traffic/replicas.ts";
import type { RouterHands, TrafficRouter } from "./traffic/router.ts";

/** How long a lease is held without being renewed: milliseconds. */
const LEASE = 30_000;

export const SYSTEM_CLOCK: DriverClock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, { signal });
  },
};

/** The target's way to divide requests. */
export function makeRouter(
  { api }: Pick<OpenCluster, "api">,
  spec: KubernetesSpec,
  place: Place,
  { guard }: Pick<RouterHands, "guard">,
): { readonly router: TrafficRouter; readonly endpoints: Endpoints } {
  const { app, namespace } = place;
  const endpoints = new Endpoints(api, app, namespace);
  const { force, timeout, traffic } = spec;
  const all: RouterHands = {
    guard,
    api,
    app,
    namespace,
    labels: labelsOf(identityOf(place)),
    force,
    timeout,
  };
  const router =
    traffic.kind === "gateway"
      ? new GatewayRouter(all, endpoints, traffic)
      : new ReplicasRouter(all, endpoints);
  return { router, endpoints };
}

/** Opens the cluster, takes the app's lease, and gives what every move needs. Throws `TARGET_BUSY`. */
export async function openSession(
  hands: TargetHands,
  spec: KubernetesSpec,
  context: TargetContext,
  appOf: (open: OpenCluster) => Promise<string> | string,
): Promise<{ readonly session: Session; readonly open: OpenCluster }> {
  const cut = new AbortController();
  // Until the lease is taken nothing is begun that would have to be ended well.
  const part = abortWith(context.signal, cut);
  const open = await openCluster(hands, spec, context, cut.signal).catch((error: unknown) => {
    part();
    throw error;
  });
  try {
    const app = await appOf(open);
    const { run, pipeline, signal } = context;
    const mask = (text: string): string => context.mask(text);
    const { api, namespace } = open;
    const place: Place = { app, namespace, target: spec.name, pipeline, run };
    if (spec.createNamespace) await makeNamespace(open, place);
    const take = async (): Promise<DeployLease> => {
      const lease = await lock(open, place, context, hands.leaseDuration ?? LEASE);
      // Somebody else may go on from here: what is still on its way, or would be sent again, must not arrive after that.
      lease.lost.addEventListener("abort", () => cut.abort(lease.lost.reason), { once: true });
      return lease;
    };
    const lease = await take();
    part();
    const say = (text: string): void => {
      const written = context.write("stdout", `${mask(text)}\n`);
      written?.catch(() => undefined); // a fault of the log is told where the log is kept
    };
    const guard = (): Promise<void> => session.guard();
    const { router, endpoints } = makeRouter(open, spec, place, { guard });
    const { timeout, timeoutGiven = false, scheduling, history, force } = spec;
    const clock = SYSTEM_CLOCK;
    const session: Session = new Session({
      api,
      lease,
      take,
      place,
      router,
      endpoints,
      clock,
      signal,
      timeout,
      timeoutGiven,
      scheduling,
      history,
      force,
      mask,
      say,
    });
    return { session, open };
  } catch (error) {
    part();
    open.api.close();
    throw error;
  }
}

async function lock(
  { api, namespace }: OpenCluster,
  place: Place,
  context: TargetContext,
  duration: number,
): Promise<DeployLease> {
  const { app, run, pipeline, target } = place;
  try {
    return await takeLease(api, {
      namespace,
      name: `sluice.${app}`,
      holder: `${run} (pid ${process.pid})`,
      about: `run ${run} of pipeline "${pipeline}" on target "${target}"`,
      duration,
      signal: context.signal,
      now: () => Date.now(),
    });
  } catch (error) {
    if (!(error instanceof ApiFault) || error.status !== 404) throw error;
    throw new SluiceError("TARGET_STATE", `there is no namespace ${namespace} in ${api.cluster}`, {
      hint: "Make it, or give the target createNamespace: true.",
      cause: error,
    });
  }
}

async function makeNamespace({ api, namespace }: OpenCluster, place: Place): Promise<void> {
  const kind = { apiVersion: "v1", kind: "Namespace" } as const;
  if ((await api.get({ ...kind, name: namespace })) !== undefined) return;
  const { pipeline } = place;
  const labels = { "app.kubernetes.io/managed-by": MANAGER, "sluice.dev/pipeline": labelValue(pipeline) };
  try {
    await api.create({ ...kind, metadata: { name: namespace, labels } }, { manager: MANAGER });
  } catch (error) {
    // Somebody else has made it meanwhile.
    if (!(error instanceof ApiFault) || error.status !== 409) throw error;
  }
}
