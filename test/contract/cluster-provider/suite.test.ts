import { describe, expect, it } from "vitest";
import { SluiceError } from "../../../src/errors/index.ts";
import type {
  ClusterConnection,
  ClusterContext,
  ClusterCredentials,
  ClusterProvider,
} from "../../../src/ports/index.ts";
import {
  clusterProviderSuite,
  type ClusterProviderRig,
  type ClusterProviderTrial,
  type ClusterSuiteClock,
} from "../../../src/testing/index.ts";
import { CERTIFICATE, PlayedCloud } from "../../fixtures/clouds/played-cloud.ts";

const HOUR = 3_600_000;
const SECRET = "the-password-of-the-third-party";

/** A third party's provider that keeps every promise, by parts that a test can break. */
class SoundProvider implements ClusterProvider {
  kind = "acme";
  name = "prod";
  spec: ClusterProvider["spec"] = { cluster: "prod" };
  needs: ClusterProvider["needs"] = [];
  server = "https://acme.example";
  insecure = false;
  ca = CERTIFICATE;
  prefix = "registry.acme.example/prod";
  early = 60_000;
  shares = true;
  keeps = true;
  obeysFresh = true;
  notices = true;
  #tokens = 0;
  readonly cloud: PlayedCloud;

  constructor(cloud: PlayedCloud) {
    this.cloud = cloud;
  }

  describe(): string {
    return `ACME cluster "${this.name}"`;
  }

  async connect(context: ClusterContext): Promise<ClusterConnection> {
    if (this.notices) context.signal.throwIfAborted();
    await this.ask(context);
    let held: ClusterCredentials | undefined;
    let underway: Promise<ClusterCredentials> | undefined;
    const fetch = async (): Promise<ClusterCredentials> => {
      await this.ask(context);
      held = { token: `token-${++this.#tokens}`, expiresAt: context.now() + HOUR };
      return held;
    };
    const credentials = async ({ fresh = false } = {}): Promise<ClusterCredentials> => {
      const good = held !== undefined && (held.expiresAt ?? 0) - this.early > context.now();
      if (held !== undefined && good && this.keeps && !(fresh && this.obeysFresh)) return held;
      if (!this.shares) return await fetch();
      underway ??= fetch().finally(() => {
        underway = undefined;
      });
      return await underway;
    };
    return { server: this.server, ca: this.ca, insecure: this.insecure, credentials };
  }

  registry(): Promise<{ prefix: string }> {
    return Promise.resolve({ prefix: this.prefix });
  }

  async ask({ signal }: ClusterContext): Promise<void> {
    await this.#until(this.cloud.request(), signal);
    if (this.cloud.mood === "empty") throw this.absent();
    if (this.cloud.mood !== "throttling") return;
    this.cloud.mood = "well";
    await this.pause();
    await this.cloud.request();
  }

  #until(work: Promise<void>, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(signal.reason as Error);
      if (this.notices) signal.addEventListener("abort", stop, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
    });
  }

  pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 1_000));
  }

  absent(): Error {
    return new SluiceError("CLOUD_FAILED", `there is no ${this.describe()}`, { hint: "Check its name." });
  }
}

interface Broken {
  readonly provider?: (provider: SoundProvider) => void;
  readonly rig?: (rig: ClusterProviderRig) => ClusterProviderRig;
  readonly denial?: () => Error;
}

function denied(): Error {
  return new SluiceError("CLUSTER_DENIED", "ACME denies it", { hint: "Ask your administrator." });
}

const NO_CLUSTER = { rollout: "there is no cluster; the lab has one" };

/** Runs the suite, and gives the names of its tests that failed. */
async function failuresOf(
  { provider: breakIt, rig: breakRig, denial = denied }: Broken = {},
  without: Partial<Record<ClusterProviderTrial, string>> = {},
): Promise<{ failed: string[]; tried: string[] }> {
  const tests: { name: string; run: () => Promise<void> }[] = [];
  const open = (clock: ClusterSuiteClock): ClusterProviderRig => {
    const cloud = new PlayedCloud(() => clock.now(), denial);
    const provider = new SoundProvider(cloud);
    breakIt?.(provider);
    const rig: ClusterProviderRig = {
      provider,
      requests: () => cloud.requests,
      become: (mood) => {
        cloud.mood = mood;
      },
      secrets: [SECRET],
      enter: () => Promise.resolve(),
    };
    return breakRig?.(rig) ?? rig;
  };
  const test = (name: string, run: () => Promise<void>): unknown => tests.push({ name, run });
  clusterProviderSuite({ open, test, without: { ...NO_CLUSTER, ...without } });
  const outcomes = await Promise.all(
    tests.map(({ run }) =>
      run().then(
        () => true,
        () => false,
      ),
    ),
  );
  const tried = tests.map((one) => one.name);
  return { tried, failed: tried.filter((_, index) => outcomes[index] === false) };
}

const SHOWN = "asks nothing of its cloud when it is made and shown";
const STABLE = "shows the same each time that it is made";
const SERVER = "says where the API server is, and who vouches for it";
const ENTRY = "is let in by the API server";
const REGISTRY = "names a registry by the beginning of its images' names, or none";
const KEPT = "keeps its credentials: asked again, it asks nobody";
const SHARED = "shares one set of credentials among callers that come at once";
const EARLY = "renews its credentials before they end";
const ENDED = "renews credentials that have long ended once, for all who wait";
const FRESH = "gets credentials anew when told that they are refused, once for all who say so";
const DENIED = "says that it is denied, and is let in once it no longer is";
const DENIED_LATER = "says that new credentials are denied, and gets them once they no longer are";
const THROTTLED = "waits as long as a cloud that throttles it says";
const ABSENT = "says that there is no such cluster";
const SILENT = "stops waiting for a silent cloud when it is cancelled";
const CANCELLED = "asks nothing when it is cancelled already";

describe("the suite of cluster providers", () => {
  it("lets a sound provider pass all of its tests", async () => {
    const { failed, tried } = await failuresOf();
    expect(failed).toEqual([]);
    expect(tried).toHaveLength(16);
  });

  it("leaves out what cannot be tried, and nothing else", async () => {
    const reason = "not with this one";
    const without = { entry: reason, expiry: reason, renewal: reason, denial: reason, throttling: reason };
    const { tried } = await failuresOf({}, { ...without, silence: reason, absence: reason });
    expect(tried).toEqual([SHOWN, STABLE, SERVER, REGISTRY, KEPT, SHARED, CANCELLED]);
  });

  it("shows what is left out, with the reason, where the runner can", () => {
    const skipped: string[] = [];
    const test = Object.assign(() => undefined, { skip: (name: string) => skipped.push(name) });
    const open = (): never => {
      throw new Error("nothing is opened");
    };
    clusterProviderSuite({ open, test, without: { ...NO_CLUSTER, entry: "no server" } });
    expect(skipped[0]).toBe(`${ENTRY} (no server)`);
    expect(skipped.slice(1).every((name) => name.endsWith(`(${NO_CLUSTER.rollout})`))).toBe(true);
    expect(skipped).toHaveLength(23);
  });

  describe("with a rig that has nothing for a trial", () => {
    const runs = new Map<string, (...given: readonly unknown[]) => Promise<void>>();
    const open = (clock: ClusterSuiteClock): ClusterProviderRig => ({
      provider: new SoundProvider(new PlayedCloud(() => clock.now(), denied)),
      requests: () => 0,
      secrets: [],
    });
    clusterProviderSuite({ open, test: (name, run) => runs.set(name, run) });
    const names = [ENTRY, DENIED, "releases once, by canary, while all watches are cut"];

    it.each(names)("has the runner skip: %s", async (name) => {
      const reasons: string[] = [];
      await runs.get(name)?.({ skip: (reason: string) => reasons.push(reason) });
      expect(reasons).toEqual([expect.stringMatching(/^the rig has nothing to try "\w+" with$/)]);
    });

    it.each(names)("never passes: %s", async (name) => {
      await expect(runs.get(name)?.()).rejects.toThrow("the rig has nothing to try");
    });
  });

  let made = 0;
  it.each<[string, Broken, string[]]>([
    ["a secret in its spec", { provider: (one) => (one.spec = { password: SECRET }) }, [SHOWN]],
    ["a spec that is no JSON", { provider: (one) => (one.spec = { at: new Date(0) as never }) }, [SHOWN]],
    [
      "a need without a reason",
      { provider: (one) => (one.needs = [{ kind: "program", name: "acme", why: "" }]) },
      [SHOWN],
    ],
    [
      "requests when it is made",
      { provider: (one) => void one.cloud.request().catch(() => undefined) },
      [SHOWN, CANCELLED],
    ],
    ["another spec each time", { provider: (one) => (one.spec = { made: ++made }) }, [STABLE]],
    ["plain http", { provider: (one) => (one.server = "http://acme.example") }, [SERVER]],
    ["a password in the address", { provider: (one) => (one.server = "https://a:b@acme.example") }, [SERVER]],
    ["an authority that is no PEM", { provider: (one) => (one.ca = "base64") }, [SERVER]],
    ["a server that nobody verifies", { provider: (one) => (one.insecure = true) }, [SERVER]],
    [
      "an API server that refuses it",
      { rig: (rig) => ({ ...rig, enter: () => Promise.reject(new Error("401")) }) },
      [ENTRY],
    ],
    ["a registry with a scheme", { provider: (one) => (one.prefix = "https://registry") }, [REGISTRY]],
    ["credentials that are not kept", { provider: (one) => (one.keeps = false) }, [KEPT, FRESH]],
    ["credentials that are not shared", { provider: (one) => (one.shares = false) }, [SHARED, ENDED, FRESH]],
    ["renewal too late", { provider: (one) => (one.early = 0) }, [EARLY]],
    ["no renewal at all", { provider: (one) => (one.early = -9 * HOUR) }, [EARLY, ENDED]],
    ["no ear for fresh", { provider: (one) => (one.obeysFresh = false) }, [FRESH, DENIED_LATER]],
    ["an error without a code", { denial: () => new Error("denied") }, [DENIED, DENIED_LATER]],
    [
      "an error without a hint",
      { denial: () => new SluiceError("CLUSTER_DENIED", "denied") },
      [DENIED, DENIED_LATER],
    ],
    [
      "an error of another code",
      { denial: () => new SluiceError("CLOUD_FAILED", "denied", { hint: "Ask." }) },
      [DENIED, DENIED_LATER],
    ],
    [
      "a secret behind its error",
      {
        denial: () => new SluiceError("CLUSTER_DENIED", "denied", { hint: "Ask.", cause: { sent: SECRET } }),
      },
      [DENIED, DENIED_LATER],
    ],
    ["no patience", { provider: (one) => (one.pause = () => Promise.resolve()) }, [THROTTLED]],
    [
      "an error that does not name the cluster",
      {
        provider: (one) =>
          (one.absent = () => new SluiceError("CLOUD_FAILED", "nothing", { hint: "Check." })),
      },
      [ABSENT],
    ],
    ["no ear for cancellation", { provider: (one) => (one.notices = false) }, [SILENT, CANCELLED]],
    [
      "a rig without moods",
      { rig: ({ become: _, ...rig }) => rig },
      [DENIED, DENIED_LATER, THROTTLED, ABSENT, SILENT],
    ],
  ])("finds %s", async (_name, broken, expected) => {
    // That one takes a second.
    const without = expected.includes(THROTTLED) ? {} : { throttling: "takes a second" };
    const { failed } = await failuresOf(broken, without);
    expect(failed).toEqual(expected);
  });
});
