import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterCredentials } from "../ports/index.ts";
import { essenceOf } from "./cluster-provider-checks.ts";
import type { ConnectedStage, SuiteStage, SuiteTrial } from "./cluster-suite-stage.ts";

const CALLERS = 8;
/** Milliseconds of real time that a renewal may take before the old credentials end. */
const RENEWAL = 3_000;
const MONTH = 30 * 86_400_000;
const HOUR = 3_600_000;

/** How long credentials are kept, and how they are renewed. */
export const CREDENTIAL_TRIALS: readonly SuiteTrial[] = [
  {
    name: "keeps its credentials: asked again, it asks nobody",
    async run(stage: SuiteStage): Promise<void> {
      const { credentials } = await stage.connect();
      const first = await credentials();
      assert.notEqual(essenceOf(first), "", "there is a token or a certificate");
      const asked = stage.rig.requests();
      same(await credentials(), first);
      if (first.expiresAt === undefined) stage.moveTo(stage.now() + MONTH);
      same(await credentials(), first);
      assert.equal(stage.rig.requests(), asked, "nobody was asked");
    },
  },
  {
    name: "shares one set of credentials among callers that come at once",
    async run(stage: SuiteStage): Promise<void> {
      const { credentials } = await stage.connect();
      await together(credentials);
    },
  },
  {
    name: "renews its credentials before they end",
    needs: ["expiry"],
    async run(stage: SuiteStage): Promise<void> {
      const { credentials } = await stage.connect();
      const first = await credentials();
      stage.moveTo(endOf(first) - RENEWAL - 1_000);
      const second = await renewed(credentials, first);
      other(second, first);
      assert.ok(endOf(second) >= endOf(first), "the new ones do not end earlier");
    },
  },
  {
    name: "renews credentials that have long ended once, for all who wait",
    needs: ["expiry"],
    async run(stage: SuiteStage): Promise<void> {
      const { credentials } = await stage.connect();
      const first = await credentials();
      stage.moveTo(endOf(first) + HOUR);
      const alone = await cost(stage, () => credentials({ fresh: true }));
      stage.moveTo(endOf(alone.result) + HOUR);
      const shared = await cost(stage, () => together(credentials));
      other(shared.result, first);
      assert.equal(shared.requests, alone.requests, "as much was asked for all as for one");
    },
  },
  {
    name: "gets credentials anew when told that they are refused, once for all who say so",
    needs: ["renewal"],
    async run(stage: SuiteStage): Promise<void> {
      const { credentials } = await stage.connect();
      const first = await credentials();
      await stage.rig.rotate?.();
      stage.moveTo(stage.now() + 2_000);
      const alone = await cost(stage, () => credentials({ fresh: true }));
      other(alone.result, first);
      await stage.rig.rotate?.();
      stage.moveTo(stage.now() + 2_000);
      const shared = await cost(stage, () => together(() => credentials({ fresh: true })));
      other(shared.result, alone.result);
      assert.equal(shared.requests, alone.requests, "as much was asked for all as for one");
      same(await credentials(), shared.result);
    },
  },
];

async function together(ask: ConnectedStage["credentials"]): Promise<ClusterCredentials> {
  const [first, ...others] = await Promise.all(Array.from({ length: CALLERS }, () => ask()));
  if (first === undefined) assert.fail("there are no credentials");
  for (const one of others) same(one, first);
  return first;
}

/** What is given once it is another, or in the end: until the old ones are over, nobody has to wait for new ones. */
async function renewed(
  ask: ConnectedStage["credentials"],
  before: ClusterCredentials,
): Promise<ClusterCredentials> {
  for (const since = performance.now(); ;) {
    const now = await ask();
    if (essenceOf(now) !== essenceOf(before) || performance.now() - since > RENEWAL) return now;
    await sleep(RENEWAL / 100);
  }
}

async function cost(
  stage: SuiteStage,
  work: () => Promise<ClusterCredentials>,
): Promise<{ result: ClusterCredentials; requests: number }> {
  const before = stage.rig.requests();
  const result = await work();
  return { result, requests: stage.rig.requests() - before };
}

function endOf({ expiresAt }: ClusterCredentials): number {
  if (expiresAt === undefined) assert.fail("the credentials do not say when they end");
  return expiresAt;
}

/** Compares without showing: what fails here would print a token. */
function same(one: ClusterCredentials, wanted: ClusterCredentials): void {
  assert.ok(essenceOf(one) === essenceOf(wanted), "they are the same credentials");
}

function other(one: ClusterCredentials, than: ClusterCredentials): void {
  assert.ok(essenceOf(one) !== essenceOf(than), "they are other credentials than before");
}
