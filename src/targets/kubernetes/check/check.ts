import { isSluiceError, messageOf } from "../../../errors/index.ts";
import type { TargetCheck, TargetContext } from "../../../ports/index.ts";
import { explainFault } from "../apply/explain.ts";
import { readPermissions } from "../apply/permissions.ts";
import { hurried } from "../hurried.ts";
import { openCluster, type OpenCluster, type TargetHands } from "../place.ts";
import { at, text } from "../readiness/object.ts";
import type { KubernetesDeploySpec } from "../spec.ts";
import { checkNeeds } from "./needs.ts";
import { neededPermissions } from "./needed.ts";
import { deniedText } from "./denied-text.ts";

/** Milliseconds within which a request that failed for a while is sent again. */
const AGAIN = 5_000;

/** What is looked at, in this order; what rests on something that failed is skipped. */
const STEPS = ["cluster", "credentials", "namespace", "permissions", "gateways"] as const;

/**
 * Looks whether a deploy could work, before it begins: packages and programs, the way to the API server, who we are there,
 * the namespace, every right that the deploy will need, and the Gateways of its route. Changes nothing and takes no lease.
 * Never rejects for what it finds.
 */
export async function checkKubernetes(
  hands: TargetHands,
  spec: KubernetesDeploySpec,
  context: TargetContext,
): Promise<readonly TargetCheck[]> {
  const needs = await checkNeeds(hands.provider, spec.app.kind, context);
  const found: TargetCheck[] = [...needs];
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
    const place = await namespaceCheck(open, spec.target.createNamespace);
    found.push(place);
    if (place.state === "failed") return rest("there is no namespace");
    step = "permissions";
    found.push(await permissions(open, spec, context));
    step = "gateways";
    if (spec.target.traffic.kind === "gateway") found.push(await gateways(open, spec));
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

function failure(what: string, error: unknown): TargetCheck {
  const hint = isSluiceError(error) ? error.hint : undefined;
  return { what, state: "failed", detail: messageOf(error), ...(hint === undefined ? {} : { hint }) };
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

async function namespaceCheck({ api, namespace }: OpenCluster, create: boolean): Promise<TargetCheck> {
  const what = "namespace";
  const kind = { apiVersion: "v1", kind: "Namespace" } as const;
  try {
    if ((await api.get({ ...kind, name: namespace })) !== undefined)
      return { what, state: "ok", detail: `${namespace} is there` };
  } catch (error) {
    if (explainFault({ ...kind, name: namespace }, error)?.code !== "CLUSTER_DENIED") throw error;
    if (!create) return { what, state: "skipped", detail: `we may not look whether ${namespace} is there` };
  }
  if (!create) {
    const hint = "Make it, or give the target createNamespace: true.";
    return { what, state: "failed", detail: `${namespace} is not there`, hint };
  }
  const [denied] = await readPermissions(api, [{ ...kind, verb: "create" }]);
  if (denied === undefined) return { what, state: "ok", detail: `${namespace} will be made` };
  const hint = "Have it made, or be allowed to create namespaces.";
  return { what, state: "failed", detail: `${namespace} is not there, and we may not make it`, hint };
}

async function permissions(
  open: OpenCluster,
  spec: KubernetesDeploySpec,
  context: TargetContext,
): Promise<TargetCheck> {
  const needed = await neededPermissions(open, spec, context);
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

async function gateways({ api, namespace }: OpenCluster, spec: KubernetesDeploySpec): Promise<TargetCheck> {
  const what = "gateways";
  const { traffic } = spec.target;
  const parents = traffic.kind === "gateway" ? traffic.parents : [];
  const kind = { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway" } as const;
  const missing: string[] = [];
  for (const parent of parents) {
    const ref = { ...kind, name: parent.name, namespace: parent.namespace ?? namespace };
    if ((await api.get(ref)) === undefined) missing.push(`${ref.namespace}/${ref.name}`);
  }
  const names = parents.map(({ name }) => name).join(", ");
  if (missing.length === 0)
    return { what, state: "ok", detail: `${names} ${parents.length === 1 ? "is" : "are"} there` };
  const hint = "Name the Gateway that requests come in by: kubectl get gateways --all-namespaces.";
  return { what, state: "failed", detail: `there is no Gateway ${missing.join(", ")}`, hint };
}
