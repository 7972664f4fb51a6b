import { isSluiceError, messageOf, SluiceError } from "../../../errors/index.ts";
import type { CountSource, SideCounts } from "../../../ports/index.ts";
import { workloadName } from "../render/types.ts";
import type { Session } from "./session.ts";
import type { SideNow } from "./situation.ts";

/** What is to be counted: the running totals of these sides, since each of them began. */
export interface CountsQuery {
  readonly namespace: string;
  readonly app: string;
  readonly stable: CountedSide | undefined;
  readonly candidate: CountedSide | undefined;
  /** Fires when the run is to end. */
  readonly signal: AbortSignal;
}

/** One side, by what its pods are called and labelled. */
export interface CountedSide {
  readonly revision: number;
  /** The Deployment: its pods' names begin with it and `-`. */
  readonly workload: string;
}

/** Counts requests of both sides, from wherever they are measured. A side that it knows nothing of is left out. */
export type CountsFrom = (query: CountsQuery) => Promise<{
  readonly stable?: SideCounts;
  readonly candidate?: SideCounts;
}>;

/** Counts by a function that the user gave. Throws `METRICS_UNAVAILABLE`. */
export function countSource(from: CountsFrom, session: Session): CountSource {
  const { app, namespace } = session.place;
  const side = (now: SideNow | undefined): CountedSide | undefined =>
    now && { revision: now.revision, workload: workloadName(app, now.revision) };
  return {
    snapshot: async () => {
      try {
        const { stable, candidate } = await session.look();
        const query = {
          namespace,
          app,
          stable: side(stable),
          candidate: side(candidate),
          signal: session.forward,
        };
        const counted = await from(query);
        return { at: session.clock.now(), stable: counted.stable, candidate: counted.candidate };
      } catch (cause) {
        if (isSluiceError(cause) && cause.code === "METRICS_UNAVAILABLE") throw cause;
        const why = messageOf(cause);
        throw new SluiceError("METRICS_UNAVAILABLE", `requests to "${app}" could not be counted: ${why}`, {
          cause,
        });
      }
    },
  };
}
