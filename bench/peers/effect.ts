import type { Peer } from "./peer.ts";
import { NO_COMMANDS } from "./reasons.ts";

const VERSION = "4.1.0";

const FUNCTIONS = `import { Deferred, Effect, Semaphore } from "effect";
export async function run(graph, task, concurrency) {
  const all = Effect.gen(function* () {
    const places = yield* Semaphore.make(concurrency);
    const ended = yield* Effect.forEach(graph, () => Deferred.make());
    const node = (needs, index) =>
      Effect.forEach(needs, (need) => Deferred.await(ended[need]), { discard: true }).pipe(
        Effect.andThen(places.withPermits(1)(Effect.sync(() => task(index)))),
        Effect.andThen(Deferred.succeed(ended[index], undefined)),
      );
    yield* Effect.forEach(graph, node, { concurrency: "unbounded", discard: true });
  });
  await Effect.runPromise(all);
}
`;

/** effect: a fiber for each node, which waits for those of its needs, under a semaphore. */
export const effect: Peer = {
  name: "effect",
  kind: "peer",
  version: VERSION,
  packages: { effect: VERSION },
  note: "a fiber and a deferred for each node, a semaphore as the limit; records nothing",
  without: NO_COMMANDS,
  functions: FUNCTIONS,
};
