import { isSluiceError, messageOf, SluiceError } from "../../errors/index.ts";
import type { CountSource } from "../../ports/index.ts";
import type { Session } from "./session.ts";

/** Requests, errors and latencies as the proxy counts them. Throws `METRICS_UNAVAILABLE`. */
export function countSource(session: Session): CountSource {
  return {
    snapshot: async () => {
      try {
        const { at, stable, candidate } = await session.ask((client) => client.counts());
        return { at, stable, candidate };
      } catch (cause) {
        const why = messageOf(cause);
        throw new SluiceError(
          "METRICS_UNAVAILABLE",
          `the proxy of target "${session.spec.name}" tells no counts: ${why}`,
          {
            hint: (isSluiceError(cause) ? cause.hint : undefined) ?? `Look at ${session.layout.proxyLog}.`,
            cause,
          },
        );
      }
    },
  };
}
