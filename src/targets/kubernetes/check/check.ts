import { isSluiceError } from "../../../errors/index.ts";
import type { TargetCheck, TargetContext } from "../../../ports/index.ts";
import { readPermissions } from "../apply/permissions.ts";
import { hurried } from "../hurried.ts";
import { openCluster, type OpenCluster, type TargetHands } from "../place.ts";
import { at, text } from "../readiness/object.ts";
import type { KubernetesDeploySpec } from "../spec.ts";
import { checkApp } from "./app.ts";
import { checkCounts } from "./counts.ts";
import { deniedText } from "./denied-text.ts";
import { failure } from "./failure.ts";
import { checkFiles, type FilesFound } from "./files.ts";
import { checkGateways } from "./gateways.ts";
import { checkNamespace } from "./namespace.ts";
import { neededPermissions } from "./needed.ts";
import { checkNeeds } from "./needs.ts";
import { checkRegistry } from "./registry.ts";

/** Milliseconds within which a request that failed for a while is sent again. */
const AGAIN = 5_000;

/** What is looked at, in this order; what rests on something that failed is skipped. */
const STEPS = ["cluster", "credentials", "namespace", "permissions", "gateways"] as const;

/**
 * Looks whether a deploy could work, before it begins: packages and programs, the app's files, the source of counts, the
 * way to the API server, who we are there, the namespace, every right that the deploy will need, and the Gateways of its
 * route; and which registry belongs to the cluster. Changes nothing and takes no lease. Never rejects for what it finds.
 */
export async function checkKubernetes(
  hands: TargetHands,
  spec: KubernetesDeploySpec,
  context: TargetContext,
): Promise<readonly TargetCheck[]> {
  const found = await checkDeploy(hands, spec, context);
  return [...found, await checkRegistry(hands.provider, context, found)];
}

async function checkDeploy(
  hands: TargetHands,
  spec: KubernetesDeploySpec,
  context: TargetContext,
): Promise<readonly TargetCheck[]> {
  const [needs, files, counts] = await Promise.all([
    checkNeeds(hands.provider, spec.app.kind, context),
    checkFiles(spec.app, context),
    checkCounts(hands, context),
  ]);
  const found: TargetCheck[] = [...needs];
  const app = checkApp(spec, context);
  if (app !== undefined) found.push(app);
  if (files !== undefined) found.push(files.check);
  if (counts !== undefined) found.push(counts);
  const rest = (why: string): readonly TargetCheck[] => {
    const seen = new Set(found.map(({ what }) => what));
    const steps = spec.target.traffic.kind === "gateway" ? STEPS : STEPS.slice(0, -1);
    const left = steps.filter((what) => !seen.has(what));
    return [...found, ...left.map((what): TargetCheck => ({ what, state: "skipped", detail: why }))];
  };
  const missing = needs.find(({ state, what }) => state === "failed" && what.startsWith("package "));
  if (missing !== undefined) return rest(`${missing.what} ${missing.detail}`);
  let open: OpenCluster | undefined;
  let step: (typeof STEPS)[number] = "cluster";
  try {
    open = await openCluster(
      hurried(hands, { signal: context.signal, deadline: AGAIN }),
      spec.target,
      context,
    );
    found.push(await reachable(open));
    step = "credentials";
    found.push(await identity(open));
    step = "namespace";
    const place = await checkNamespace(open, spec.target.createNamespace);
    found.push(place);
    if (place.state === "failed") return rest("there is no namespace");
    step = "permissions";
    found.push(await permissions(open, spec, files));
    step = "gateways";
    const { traffic } = spec.target;
    if (traffic.kind === "gateway") found.push(await checkGateways(open, traffic.parents));
    return found;
  } catch (error) {
    context.signal.throwIfAborted();
    const what =
      isSluiceError(error) && error.code === "CLUSTER_DENIED" && step === "cluster" ? "credentials" : step;
    found.push(failure(what, error));
    return rest(`${what} failed`);
  } finally {
    open?.api.close();
  }
}

async function reachable({ api, connection }: OpenCluster): Promise<TargetCheck> {
  const since = performance.now();
  const version = await api.request("GET", "/version");
  const took = Math.round(performance.now() - since);
  const detail = `${connection.server} answers in ${took} ms: Kubernetes ${text(version, "gitVersion")}`;
  return { what: "cluster", state: "ok", detail };
}

const REVIEW = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" } as const;

/** Servers before 1.28 cannot say who asks; that they let us in is known all the same. */
async function identity({ api }: OpenCluster): Promise<TargetCheck> {
  try {
    const answer = await api.request("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", REVIEW);
    const user = text(answer, "status", "userInfo", "username");
    return { what: "credentials", state: "ok", detail: `we are ${user === "" ? "let in" : user}` };
  } catch (error) {
    if (!isSluiceError(error) || at(error, "status") !== 404) throw error;
    return { what: "credentials", state: "ok", detail: "we are let in" };
  }
}

async function permissions(
  open: OpenCluster,
  spec: KubernetesDeploySpec,
  files: FilesFound | undefined,
): Promise<TargetCheck> {
  const needed = await neededPermissions(open, spec, files);
  const denied = await readPermissions(open.api, needed.permissions);
  const what = "permissions";
  if (denied.length === 0)
    return { what, state: "ok", detail: `all ${needed.permissions.length} are there${needed.note}` };
  return {
    what,
    state: "failed",
    detail: `${denied.length} of ${needed.permissions.length} are missing: ${deniedText(denied)}${needed.note}`,
    hint: "Have a Role with these rules bound to who deploys; docs/kubernetes.md lists what for.",
  };
}
