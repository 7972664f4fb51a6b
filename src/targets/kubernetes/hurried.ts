import type { ClusterContext, ClusterProvider } from "../../ports/index.ts";
import { abortable } from "./api/abortable.ts";
import { openClusterApi } from "./api/open.ts";
import type { TargetHands } from "./place.ts";

export interface Hurry {
  /** Ends every part of the way in; a deploy's own goes on after a cancelled run, to take a release back. */
  readonly signal: AbortSignal;
  /** Milliseconds within which a request that failed for a while is sent again. */
  readonly deadline: number;
  /** Is given what the API and the way in say in passing. @defaultValue the log of who opens the cluster */
  readonly log?: (text: string) => void;
}

/** The same way in for a verb that somebody waits for: a server that is away for a moment is found missing. */
export function hurried(hands: TargetHands, { signal, deadline, log }: Hurry): TargetHands {
  const { provider, open = openClusterApi } = hands;
  const { kind, name, spec, needs } = provider;
  const said = log === undefined ? {} : { log };
  const ask = provider.registry?.bind(provider);
  const own: ClusterProvider = {
    kind,
    name,
    spec,
    needs,
    describe: () => provider.describe(),
    connect: (context) => abortable(provider.connect({ ...context, signal, ...said }), signal),
    ...(ask === undefined
      ? {}
      : { registry: (context: ClusterContext) => abortable(ask({ ...context, signal, ...said }), signal) }),
  };
  return {
    ...hands,
    provider: own,
    open: (connection, options) => open(connection, { ...options, signal, deadline, ...said }),
  };
}
