import { isSluiceError, messageOf, SluiceError } from "../../../errors/index.ts";
import type { CountProvider, CountSnapshot, CountSource, SideCounts } from "../../../ports/index.ts";
import { baselineName, workloadName } from "../render/types.ts";
import { SidePods } from "./counted-pods.ts";
import type { Session } from "./session.ts";

/** What is to be counted: the running totals of these sides, since each of them began. */
export interface CountsQuery {
  readonly namespace: string;
  readonly app: string;
  readonly stable: CountedSide | undefined;
  readonly candidate: CountedSide | undefined;
  /** Fresh replicas of the stable release, which are none of `stable`'s; absent where there are none. */
  readonly baseline?: CountedSide;
  /** Fires when the run is to end. */
  readonly signal: AbortSignal;
}

/** One side, by its Deployment and its pods. */
export interface CountedSide {
  readonly revision: number;
  /** The name of the Deployment. */
  readonly workload: string;
  /** The names of its pods, those among them that have ended since the last call. */
  readonly pods: readonly string[];
}

/** Counts requests of each side, from wherever they are measured. A side that it knows nothing of is left out. */
export type CountsFrom = (query: CountsQuery) => Promise<{
  readonly stable?: SideCounts;
  readonly candidate?: SideCounts;
  readonly baseline?: SideCounts;
}>;

/** Counts by what the user gave. Throws `METRICS_UNAVAILABLE`. */
export function countSource(from: CountProvider | CountsFrom, session: Session): CountSource {
  const pods = new SidePods(session);
  const snapshot =
    typeof from === "function" ? byFunction(from, pods, session) : byProvider(from, pods, session);
  return {
    snapshot: async () => {
      try {
        return await snapshot();
      } catch (cause) {
        if (isSluiceError(cause) && cause.code === "METRICS_UNAVAILABLE") throw cause;
        const message = `requests to "${session.place.app}" could not be counted: ${messageOf(cause)}`;
        throw new SluiceError("METRICS_UNAVAILABLE", message, { cause });
      }
    },
  };
}

function byProvider(from: CountProvider, pods: SidePods, session: Session): () => Promise<CountSnapshot> {
  const { app, namespace } = session.place;
  const scope = { namespace, app, sides: () => pods.sides(), now: () => session.clock.now() };
  let source: CountSource | undefined;
  return () => (source ??= from.open(scope)).snapshot();
}

function byFunction(from: CountsFrom, pods: SidePods, session: Session): () => Promise<CountSnapshot> {
  const { app, namespace } = session.place;
  return async () => {
    const sides = await pods.sides();
    const side = (of: (typeof sides)["stable"], name = workloadName): CountedSide | undefined =>
      of && { ...of, workload: name(app, of.revision) };
    const { forward: signal, clock } = session;
    const baseline = side(sides.baseline, baselineName);
    const query: CountsQuery = {
      namespace,
      app,
      stable: side(sides.stable),
      candidate: side(sides.candidate),
      ...(baseline === undefined ? {} : { baseline }),
      signal,
    };
    const counted = await from(query);
    const { stable, candidate } = counted;
    return { at: clock.now(), stable, candidate, ...(baseline && { baseline: counted.baseline }) };
  };
}
