import { setMaxListeners } from "node:events";
import { SluiceError } from "../../../errors/index.ts";
import type { ClusterConnection } from "../../../ports/index.ts";
import { HttpClusterApi } from "./cluster-api.ts";
import { Connections } from "./http/connections.ts";
import { Sender } from "./send.ts";
import type { ClusterApi } from "./types.ts";

/** Milliseconds within which a request that failed for a while is sent again. */
const DEADLINE = 30_000;

export interface OpenClusterApiOptions {
  /** The cluster in words, for messages. */
  readonly cluster: string;
  /** Names the proxy on the way. @defaultValue `process.env` */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Ends every request and watch at once. */
  readonly signal?: AbortSignal;
  /** Milliseconds since 1970. @defaultValue `Date.now` */
  readonly now?: () => number;
  /** Told of pauses and of the server's warnings. */
  readonly log?: (text: string) => void;
  /** Milliseconds within which a request that may be repeated is. @defaultValue 30,000 */
  readonly deadline?: number;
}

/**
 * Speaks with an API server. Nothing is sent before the first call.
 *
 * @throws SluiceError `CLUSTER_UNREACHABLE` where the proxy on the way is named wrongly
 */
export function openClusterApi(connection: ClusterConnection, options: OpenClusterApiOptions): ClusterApi {
  const {
    cluster,
    env = process.env,
    signal,
    now = Date.now,
    log = () => undefined,
    deadline = DEADLINE,
  } = options;
  const connections = new Connections(connection, env);
  const ending = new AbortController();
  // One for each request that is under way.
  setMaxListeners(0, ending.signal);
  const abort = (): void => ending.abort(signal?.reason);
  if (signal?.aborted === true) abort();
  signal?.addEventListener("abort", abort, { once: true });
  const sender = new Sender({ connection, connections, cluster, signal: ending.signal, now, deadline, log });
  return new HttpClusterApi({
    cluster,
    sender,
    signal: ending.signal,
    end: () => {
      signal?.removeEventListener("abort", abort);
      ending.abort(new SluiceError("CANCELLED", `the connection to ${cluster} was closed`));
      connections.close();
    },
  });
}
