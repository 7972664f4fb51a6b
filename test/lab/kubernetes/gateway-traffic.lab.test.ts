// needs: gateway
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { blueGreen, canary, errorRate, metric, rolling } from "../../../src/deploy/index.ts";
import { rollbackKubernetes } from "../../../src/targets/kubernetes/verbs/rollback.ts";
import { available, GatewayKit, lost, podOf, versionOf, versionsOf } from "./gateway-kit.ts";
import { podCounts } from "./pod-counts.ts";
import { labService } from "./rollout-kit.ts";
import { type Answered, ask, type Traffic } from "./traffic.ts";
import { binomialRange, within } from "./weights-in-force.ts";

/** A share is called wrong by mistake once in a million times, on each side. */
const ALPHA = 1e-6;
/** Requests that are looked at in each step, however long they take. */
const LOOKED_AT = 300;
const often = { window: "1s", warmup: 0, onInconclusive: "promote" } as const;

describe.skipIf(!available)("releases behind a real Gateway, under real traffic", () => {
  let gateway: GatewayKit;

  beforeAll(async () => {
    const counts = podCounts(() => gateway.kit.api);
    gateway = await GatewayKit.open({ namespace: `gateway-traffic-${process.pid}`, counts });
    const first = await gateway.kit.release(labService({ version: "v1" }), rolling());
    expect(first.result).toMatchObject({ outcome: "released", release: { revision: 1 } });
  });

  afterEach(() => gateway.quiet());

  afterAll(async () => {
    await gateway.kit.remove();
  });

  const gone = (revision: number): Promise<void> =>
    expect.poll(() => gateway.pods(revision), { timeout: 60_000, interval: 100 }).toEqual([]);

  const answeredOnlyBy = (version: string, traffic: Traffic): Promise<void> =>
    expect
      .poll(async () => versionsOf(await traffic.more(200)), { timeout: 20_000, interval: 1 })
      .toEqual([version]);

  const firstBy = (version: string, answers: readonly Answered[], since = 0): Answered => {
    const [first] = answers
      .filter((answer) => answer.sent > since && versionOf(answer) === version)
      .sort((one, other) => one.done - other.done);
    if (first === undefined) throw new Error(`${version} has answered nobody`);
    return first;
  };

  it("gives a canary its weight of the requests, whatever its replicas, and loses none to its end", async () => {
    const { traffic, weights } = await gateway.ask();
    const steps = [5, 25, 50];
    const query = async ({ weight }: { readonly weight: number }): Promise<number> => {
      await weights.until(weight);
      return (await traffic.more(LOOKED_AT)).filter(({ status }) => status !== 200).length;
    };
    const fine = metric({ name: "failed", query, max: 0, timeout: "5m" });
    const strategy = canary({ steps, every: "2s", replicas: 3, analysis: [fine], ...often });
    const { result } = await gateway.kit.release(labService({ version: "v2" }), strategy);
    expect(result).toMatchObject({ outcome: "released", release: { revision: 2 } });
    await gone(1);
    await gateway.quiet();

    expect(lost(traffic.answers)).toEqual([]);
    for (const step of steps) {
      const phase = weights.phases.find(({ weight }) => weight === step);
      const answers = phase === undefined ? [] : within(traffic.answers, phase);
      const hits = answers.filter((answer) => versionOf(answer) === "v2").length;
      const [least, most] = binomialRange(answers.length, step / 100, ALPHA);
      console.log(
        `${step} %, 3 of 7 pods: ${hits} of ${answers.length} requests, ${least} to ${most} allowed`,
      );
      expect(answers.length).toBeGreaterThan(LOOKED_AT * 0.9);
      expect(hits).toBeGreaterThanOrEqual(least);
      expect(hits).toBeLessThanOrEqual(most);
    }
    const [first, ...after] = weights.phases.slice(
      1 + weights.phases.findIndex(({ weight }) => weight === 50),
    );
    console.log(`in force: ${weights.phases.map(({ weight }) => weight).join(", ")}`);
    expect([first, ...after].map((phase) => phase?.weight)).toEqual(after.length === 0 ? [0] : [100, 0]);
    expect(versionsOf(traffic.answers.filter(({ sent }) => sent > (first?.from ?? 0)))).toEqual(["v2"]);
  }, 900_000);

  it("takes a bad canary back by its errors, and nobody gets an error but from itself", async () => {
    const { traffic, weights } = await gateway.ask();
    const strategy = canary({ steps: [50], every: "30s", minimum: 50, analysis: [errorRate()], ...often });
    const bad = labService({ version: "v3", env: { ERRORS: "0.3" } });
    const { result, events } = await gateway.kit.release(bad, strategy);
    const analysis = events.filter((event) => event.type === "rollout.analysis").at(-1);
    expect(result, JSON.stringify(analysis)).toMatchObject({ outcome: "rolled-back" });
    const back = await weights.until(0);
    await gone(3);
    await traffic.more(100);
    await gateway.quiet();

    expect(lost(traffic.answers)).toEqual([]);
    const failed = traffic.answers.filter(({ status }) => status !== 200);
    expect(versionsOf(failed)).toEqual(["v3"]);
    expect(versionsOf(traffic.answers.filter(({ sent }) => sent > back.from))).toEqual(["v2"]);
  });

  it("shows a preview to nobody, moves all at once, and goes back at once to the pods that were there", async () => {
    const { traffic } = await gateway.ask();
    const { kit } = gateway;
    const before = await gateway.pods(2);
    const previews: (string | undefined)[] = [];
    const verify = async ({ url }: { readonly url: string }): Promise<void> => {
      for (let asked = 0; asked < 20; asked++) previews.push(versionOf(await ask(`${url}/`)));
      await traffic.more(500);
      expect(versionsOf(traffic.answers)).toEqual(["v2"]);
    };
    const strategy = blueGreen({ verify, keepOld: "30s" });
    const released = kit.release(labService({ version: "v4" }), strategy);
    await expect.poll(() => kit.output.join(""), { timeout: 60_000 }).toContain("the one before is kept for");
    await answeredOnlyBy("v4", traffic);
    expect(new Set(previews)).toEqual(new Set(["v4"]));

    const began = performance.now();
    const back = await rollbackKubernetes(kit.hands(), { target: kit.spec, secrets: {} }, kit.context(), {});
    expect(back).toMatchObject({ revision: 2 });
    await answeredOnlyBy("v2", traffic);
    expect((await released).result.outcome).toBe("released");
    await gone(4);
    await traffic.more(100);
    await gateway.quiet();

    expect(lost(traffic.answers)).toEqual([]);
    expect(traffic.answers.filter(({ status }) => status !== 200)).toEqual([]);
    const [there, again] = [firstBy("v4", traffic.answers), firstBy("v2", traffic.answers, began)];
    const green = traffic.answers.filter(({ sent }) => sent > there.done && sent < began);
    expect(versionsOf(green)).toEqual(["v4"]);
    const blue = traffic.answers.filter(({ sent }) => sent > again.done);
    expect(versionsOf(blue)).toEqual(["v2"]);
    expect([...new Set(blue.map(podOf))].sort()).toEqual(before);
    console.log(`the way back was in force ${Math.round(again.done - began)} ms after the word`);
    // It is there long before the old pods would have gone.
    expect(again.done - began).toBeLessThan(20_000);
  });
});
