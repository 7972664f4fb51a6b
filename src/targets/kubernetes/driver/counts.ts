import { isSluiceError, messageOf, SluiceError } from "../../../errors/index.ts";
import type { CountProvider, CountSnapshot, CountSource, SideCounts } from "../../../ports/index.ts";
import { workloadName } from "../render/types.ts";
import { SidePods } from "./counted-pods.ts";
import type { Session } from "./session.ts";

/** What is to be counted: the running totals of these sides, since each of them began. */
export interface CountsQuery {
  readonly namespace: string;
  readonly app: string;
  readonly stable: CountedSide | undefined;
  readonly candidate: CountedSide | undefined;
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

/** Counts requests of both sides, from wherever they are measured. A side that it knows nothing of is left out. */
export type CountsFrom = (query: CountsQuery) => Promise<{
  readonly stable?: SideCounts;
  readonly candidate?: SideCounts;
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
    const side = (of: (typeof sides)["stable"]): CountedSide | undefined =>
      of && { ...of, workload: workloadName(app, of.revision) };
    const { stable, candidate } = sides;
    const { forward: signal, clock } = session;
    const query = { namespace, app, stable: side(stable), candidate: side(candidate), signal };
    const counted = await from(query);
    return { at: clock.now(), stable: counted.stable, candidate: counted.candidate };
  };
}
