import { SluiceError } from "../../errors/index.ts";
import type { Config, PickedContext } from "./types.ts";

/** One config of several. Of entries with one name the first counts, as kubectl has it; so it does for the current context. */
export function mergeConfigs(configs: readonly Config[]): Config {
  const first = <T>(maps: readonly ReadonlyMap<string, T>[]): Map<string, T> =>
    new Map(maps.toReversed().flatMap((one) => [...one]));
  return {
    clusters: first(configs.map(({ clusters }) => clusters)),
    users: first(configs.map(({ users }) => users)),
    contexts: first(configs.map(({ contexts }) => contexts)),
    current: configs.find(({ current }) => current !== undefined)?.current,
  };
}

/** A context with its cluster and user. @throws SluiceError `CLUSTER_UNREACHABLE`, with the contexts that there are */
export function pickContext(
  config: Config,
  wanted: string | undefined,
  files: readonly string[],
): PickedContext {
  const name = wanted ?? config.current;
  const where = files.join(", ");
  const there = [...config.contexts.keys()].sort();
  const contexts =
    there.length === 0
      ? "It has no contexts at all: have it written by the tool of the cluster, or name another file."
      : `There are the contexts ${there.join(", ")}.`;
  if (name === undefined)
    throw wrong(
      `the kubeconfig ${where} has no current context`,
      there.length === 0 ? contexts : `Name one: kubeconfig({ context }). ${contexts}`,
    );
  const context = config.contexts.get(name);
  if (context === undefined) throw wrong(`the kubeconfig ${where} has no context "${name}"`, contexts);
  const cluster = config.clusters.get(context.cluster);
  if (cluster === undefined)
    throw wrong(
      `the context "${name}" names the cluster "${context.cluster}", which the kubeconfig ${where} does not have`,
      "Correct the kubeconfig: kubectl config view shows it.",
    );
  if (!/^https?:\/\//.test(cluster.server) || !URL.canParse(cluster.server))
    throw wrong(
      `the server of the cluster "${cluster.name}" in ${where} is no address`,
      "Write it like https://10.0.0.1:6443.",
    );
  if (context.user === undefined) return { context, cluster, user: undefined };
  const user = config.users.get(context.user);
  if (user === undefined)
    throw wrong(
      `the context "${name}" names the user "${context.user}", whom the kubeconfig ${where} does not have`,
      "Correct the kubeconfig: kubectl config view shows it.",
    );
  return { context, cluster, user };
}

function wrong(message: string, hint: string): SluiceError {
  return new SluiceError("CLUSTER_UNREACHABLE", message, { hint });
}
