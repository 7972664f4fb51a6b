import { at, type Condition, conditionsOf, count, list, type LiveObject, text } from "./object.ts";
import { failed, ready, type Verdict, waiting } from "./verdict.ts";

export function judgeJob(object: LiveObject): Verdict {
  if (at(object, "spec", "suspend") === true) {
    return failed("it is suspended, so that it never runs", "Set spec.suspend to false.");
  }
  const end = endOfJob(object);
  if (end !== undefined) return end;
  if (conditionsOf(object).get("SuccessCriteriaMet")?.status === "True")
    return waiting("its pods are being ended");
  const [active, succeeded] = [count(object, "status", "active"), count(object, "status", "succeeded")];
  return waiting(`${succeeded} pods have succeeded, ${active} are running`);
}

/** How a Job has ended; undefined where it has not. */
export function endOfJob(object: LiveObject): Verdict | undefined {
  const conditions = conditionsOf(object);
  if (conditions.get("Complete")?.status === "True") return ready("it is complete");
  // `FailureTarget` comes before `Failed`, while its pods are still being ended: the outcome is certain already.
  const wrong = [conditions.get("Failed"), conditions.get("FailureTarget")].find(
    (one) => one?.status === "True",
  );
  return wrong && failed(`it failed: ${wrong.reason}: ${wrong.message}`, "Look at its pods' logs.");
}

/** A pod that stands for itself. */
export function judgePod(object: LiveObject): Verdict {
  const phase = text(object, "status", "phase");
  if (phase === "Succeeded") return ready("it has run to its end");
  if (phase === "Failed") {
    const why =
      text(object, "status", "message") || text(object, "status", "reason") || "a container ended badly";
    return failed(`it failed: ${why}`);
  }
  return conditionsOf(object).get("Ready")?.status === "True"
    ? ready("it is ready")
    : waiting(phase === "Running" ? "it runs and is not ready yet" : "it does not run yet");
}

export function judgeDefinition(object: LiveObject): Verdict {
  const conditions = conditionsOf(object);
  const names = conditions.get("NamesAccepted");
  if (names?.status === "False") return failed(`its names are taken: ${names.message}`);
  return conditions.get("Established")?.status === "True"
    ? ready("it is established")
    : waiting("it is not established yet");
}

export function judgeClaim(object: LiveObject): Verdict {
  const phase = text(object, "status", "phase");
  if (phase === "Lost") return failed("the volume that it was bound to is gone");
  return phase === "Bound" ? ready("it is bound") : waiting("it is not bound to a volume yet");
}

export function judgeService(object: LiveObject): Verdict {
  if (text(object, "spec", "type") !== "LoadBalancer") return ready("it needs nothing more");
  const ingress = list(object, "status", "loadBalancer", "ingress");
  const address = ingress.map((one) => text(one, "ip") || text(one, "hostname")).find((one) => one !== "");
  return address === undefined
    ? waiting("its load balancer has no address yet")
    : ready(`it is at ${address}`);
}

export function judgeNamespace(object: LiveObject): Verdict {
  const phase = text(object, "status", "phase");
  if (phase === "Terminating")
    return failed("it is being deleted", "Wait until it is gone, or use another one.");
  return phase === "Active" ? ready("it is active") : waiting("it is not active yet");
}

export function judgeApiService(object: LiveObject): Verdict {
  const available = conditionsOf(object).get("Available");
  return available?.status === "True"
    ? ready("it is available")
    : waiting(`it is not available: ${available?.message ?? "not reported yet"}`);
}

/** Any kind of object that reports by conditions: ready unless it says otherwise. */
export function judgeByConditions(object: LiveObject): Verdict {
  const conditions = conditionsOf(object);
  const { generation = 0 } = object.metadata;
  const isOld = (one: Condition): boolean => (one.generation ?? generation) < generation;
  const unseen = waiting("its controller has not seen the change yet");
  const stalled = conditions.get("Stalled");
  if (stalled?.status === "True" && isOld(stalled)) return unseen;
  if (stalled?.status === "True") return failed(`it is stalled: ${stalled.message}`);
  const reconciling = conditions.get("Reconciling");
  if (reconciling?.status === "True") return waiting(`it is being reconciled: ${reconciling.message}`);
  const own = conditions.get("Ready") ?? conditions.get("Available");
  if (own !== undefined && isOld(own)) return unseen;
  if (own === undefined || own.status === "True") return ready("it is there");
  return waiting(`it is not ready: ${own.message || own.reason}`);
}
