import fc from "fast-check";
import { expect, it } from "vitest";
import { prometheus } from "../../../src/metrics/index.ts";
import type { SideCounts } from "../../../src/ports/index.ts";
import { type Answering, answerFrom, fakePrometheus } from "./fake-prometheus.ts";
import { SimulatedPods } from "./simulated-pods.ts";

const which = fc.nat(20);
const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant("answer"), which, ok: fc.nat(40), bad: fc.nat(5) }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant("scrape"), which }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("look"), which }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("restart"), which }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("add"), which }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("end"), which }) },
);

it("counts are exactly what was scraped, whatever restarts, comes and goes, and never fall", async () => {
  let answering: Answering = () => undefined;
  const { url } = await fakePrometheus((question) => answering(question));
  const selectors = {
    both: [
      {
        requests: 'requests{pod=~"$pods"}',
        errors: 'requests{pod=~"$pods", kind="bad"}',
        latency: 'buckets{pod=~"$pods"}',
      },
      {
        requests: 'requests{app="r$revision"}',
        errors: 'requests{app="r$revision", kind="bad"}',
        latency: 'buckets{app="r$revision"}',
      },
    ],
  };
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 4_000 }), event), {
    minLength: 5,
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(...selectors.both), async (events, options) => {
      const pods = new SimulatedPods();
      answering = answerFrom(pods.stored);
      for (const revision of [1, 1, 2]) pods.add(revision);
      const first = pods.pick(0);
      if (first === undefined) throw new Error("there are pods");
      pods.answer(first, { ok: 50, bad: 3 });
      pods.scrape(first);
      const source = prometheus({ url })
        .counts({ ...options, maxAge: "1h" })
        // The source waits a second for what is being scraped.
        .open({ namespace: "n", app: "web", sides: () => pods.sides, now: () => pods.now + 1_000 });
      const before = { stable: 0, candidate: 0 };
      const look = async (): Promise<void> => {
        const { at, ...sides } = await source.snapshot();
        for (const [side, revision] of [["stable", 1] as const, ["candidate", 2] as const]) {
          const { ok, bad } = pods.truth(revision, at);
          if (sides[side] === undefined) {
            expect(ok + bad).toBe(0);
            continue;
          }
          const { requests, errors, latency }: SideCounts = sides[side];
          expect({ requests, errors, latency }).toEqual({
            requests: ok + bad,
            errors: bad,
            latency: { bounds: [100], counts: [ok, bad] },
          });
          expect(requests).toBeGreaterThanOrEqual(before[side]);
          before[side] = requests;
        }
      };
      for (const [time, { does, which: number, ...tally }] of events) {
        pods.now += time;
        const pod = pods.pick(number);
        if (does === "look") await look();
        else if (does === "add") pods.add(1 + (number % 2));
        else if (pod !== undefined && does === "answer") pods.answer(pod, { ok: 0, bad: 0, ...tally });
        else if (pod !== undefined && does === "scrape") pods.scrape(pod);
        else if (pod !== undefined && does === "restart") pods.restart(pod);
        else if (pod !== undefined && does === "end") pods.end(pod);
      }
      await look();
    }),
    { numRuns: 200 },
  );
}, 60_000);
