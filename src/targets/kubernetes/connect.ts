import type { RolloutDriver, TargetContext } from "../../ports/index.ts";
import { BundleDriver } from "./driver/bundle-driver.ts";
import { countSource } from "./driver/counts.ts";
import { KubernetesDriver } from "./driver/driver.ts";
import { forwardOver } from "./driver/forward.ts";
import { HelmDriver } from "./driver/helm-driver.ts";
import { makeGood, makeGoodBundle } from "./driver/moves/make-good.ts";
import { openHelm } from "./driver/open-helm.ts";
import { identityOf, type Session } from "./driver/session.ts";
import { SideAddresses } from "./driver/side-addresses.ts";
import { isThisCluster } from "./driver/this-cluster.ts";
import { readChart } from "./helm/read-chart.ts";
import { helmTemplate } from "./helm/template.ts";
import { renderBundle } from "./manifests/render-bundle.ts";
import { openSession } from "./open-session.ts";
import type { OpenCluster, TargetHands } from "./place.ts";
import { MANAGER } from "./release/types.ts";
import { appName, nameFromPipeline } from "./render/names.ts";
import { ensureSalt } from "./render/salt.ts";
import { renderService } from "./render/service.ts";
import type { KubernetesDeploySpec } from "./spec.ts";

/**
 * Takes the app's lease and makes good what a run that was killed may have left: a candidate of another release is taken
 * back, and the requests go to the stable one. The same release in another size is no new release: it is resized.
 */
export async function connectKubernetes(
  hands: TargetHands,
  spec: KubernetesDeploySpec,
  context: TargetContext,
): Promise<RolloutDriver> {
  const app = appName(spec.app, spec.target.app ?? nameFromPipeline(context.pipeline));
  const { kind } = spec.app;
  const bundle = kind === "service" || kind === "helm" ? undefined : await renderBundle(spec.app, context);
  const { session, open } = await openSession(hands, spec.target, context, () => app);
  try {
    if (bundle !== undefined) {
      const driver = new BundleDriver(session, { kind: "bundle", ...bundle });
      await makeGoodBundle(session, driver, bundle.digest);
      return driver;
    }
    const salt = await ensureSalt(session.api, open.namespace, MANAGER);
    if (kind === "helm") return await connectHelm(session, open, spec, salt, context);
    const service = renderService(spec.app, identityOf(session.place), { salt });
    await makeGood(session, service);
    const counts = hands.counts;
    return new KubernetesDriver(
      session,
      service,
      addressesOf(session, open, context),
      counts && ((of) => countSource(counts, of)),
    );
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function connectHelm(
  session: Session,
  open: OpenCluster,
  { app }: KubernetesDeploySpec,
  salt: string,
  context: TargetContext,
): Promise<RolloutDriver> {
  const chart = readChart(app, session.place.app);
  const { release, timeout } = chart;
  const helm = await openHelm(open, context);
  try {
    const { digest, objects } = await helmTemplate(helm.at(session.forward), chart, salt);
    const driver = new HelmDriver(session, helm, { digest, release, timeout, to: { chart, objects } });
    await makeGoodBundle(session, driver, digest);
    return driver;
  } catch (error) {
    await helm.close();
    throw error;
  }
}

function addressesOf(session: Session, { connection }: OpenCluster, { env }: TargetContext): SideAddresses {
  const all = { ...process.env, ...env };
  return isThisCluster(connection.server, all)
    ? new SideAddresses(session)
    : new SideAddresses(session, () => forwardOver(connection, all));
}
