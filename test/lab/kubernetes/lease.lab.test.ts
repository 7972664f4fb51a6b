// needs: control-plane
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { SluiceError } from "../../../src/errors/index.ts";
import type { ClusterApi, KubeObject } from "../../../src/targets/kubernetes/api/types.ts";
import { takeLease } from "../../../src/targets/kubernetes/lease/take-lease.ts";
import type { DeployLease } from "../../../src/targets/kubernetes/lease/types.ts";
import { need } from "../lab.ts";
import { forever, labApi, makeNamespace, removeNamespace } from "./lab-api.ts";

const NAMESPACE = "apply-lease";
const HOLDER = fileURLToPath(new URL("lease-holder.ts", import.meta.url));
/** The annotation by which a holder is known. */
const ANNOTATION = "sluice.dev/lease-holder";

interface Said {
  readonly held?: boolean;
  readonly lost?: boolean;
  readonly fence?: number;
  readonly code?: string;
  readonly message?: string;
}

class Child {
  readonly process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(name: string, duration: number) {
    const args = ["--import", "tsx", HOLDER, NAMESPACE, name, String(duration)];
    this.process = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.process.stdout! })[Symbol.asyncIterator]();
  }

  async said(): Promise<Said> {
    const { value } = (await this.#lines.next()) as { readonly value: string };
    return JSON.parse(value) as Said;
  }

  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, "exit");
    this.process.kill("SIGKILL");
    await ended;
  }
}

describe.skipIf(!need("control-plane").available)("a lease", () => {
  let api: ClusterApi;
  const children: Child[] = [];
  const held: DeployLease[] = [];

  beforeAll(async () => {
    api = labApi();
    await makeNamespace(NAMESPACE);
  });

  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.kill()));
    await Promise.all(held.splice(0).map((lease) => lease.release()));
  });

  afterAll(async () => {
    await removeNamespace(NAMESPACE);
    api.close();
  });

  async function take(name: string, duration = 3_000, by = api, holder = "run 7"): Promise<DeployLease> {
    const about = "release 3 of api";
    const lease = await takeLease(by, {
      namespace: NAMESPACE,
      name,
      holder,
      about,
      duration,
      signal: forever(),
    });
    held.push(lease);
    return lease;
  }
  async function refused(taking: Promise<unknown>): Promise<SluiceError> {
    return await taking.then(
      () => expect.unreachable("it was taken"),
      (error: unknown) => error as SluiceError,
    );
  }
  const refOf = (name: string) => ({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    name,
    namespace: NAMESPACE,
  });
  async function read(name: string): Promise<KubeObject> {
    return (await api.get(refOf(name)))!;
  }
  async function changed(name: string, until: (object: KubeObject) => boolean): Promise<KubeObject> {
    const watch = api.watch(refOf(name), { namespace: NAMESPACE, fields: `metadata.name=${name}` });
    try {
      await watch.synced;
      return await new Promise<KubeObject>((resolve) => {
        const look = (): void => {
          const object = watch.objects.get(`${NAMESPACE}/${name}`);
          if (object !== undefined && until(object)) resolve(object);
        };
        watch.onChange(look);
        look();
      });
    } finally {
      watch.close();
    }
  }
  /** Makes the holder one of another machine, which cannot be looked at. */
  async function moveAway(name: string): Promise<void> {
    const holder = JSON.parse((await read(name)).metadata.annotations?.[ANNOTATION] ?? "") as object;
    const away = JSON.stringify({ ...holder, host: "elsewhere", processes: "pid:[1]" });
    await api.merge(refOf(name), { metadata: { annotations: { [ANNOTATION]: away } } });
  }

  it("is renewed while it is held, and is free at once when it was released; the fence grows", async () => {
    const first = await take("renewed", 1_500);
    const before = await read("renewed");
    expect(before.spec).toMatchObject({ leaseDurationSeconds: 2, leaseTransitions: 1 });
    const after = await changed("renewed", ({ spec }) => spec?.["renewTime"] !== before.spec?.["renewTime"]);
    expect(after.spec?.["acquireTime"]).toBe(before.spec?.["acquireTime"]);
    await first.assertHeld();
    await first.release();
    expect((await read("renewed")).spec?.["holderIdentity"]).toBeUndefined();
    const since = performance.now();
    const second = await take("renewed", 1_500);
    expect(performance.now() - since).toBeLessThan(1_000);
    expect([first.fence, second.fence]).toEqual([1, 2]);
  });

  it("goes to exactly one of eight at once; the others hear who has it, since when, and what for", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => take("eight", 3_000, api, `run ${index}`)),
    );
    const winners = results.filter(({ status }) => status === "fulfilled");
    expect(winners).toHaveLength(1);
    const winner = results.findIndex(({ status }) => status === "fulfilled");
    for (const result of results) {
      if (result.status === "fulfilled") continue;
      const error = result.reason as SluiceError;
      expect(error.code).toBe("TARGET_BUSY");
      expect(error.message).toMatch(
        new RegExp(
          `Lease ${NAMESPACE}/eight is held by run ${winner} on \\S+ since \\d{4}-.*Z: release 3 of api`,
        ),
      );
    }
  });

  it("goes to exactly one of four processes at once", async () => {
    children.push(...Array.from({ length: 4 }, () => new Child("four", 6_000)));
    const said = await Promise.all(children.map((child) => child.said()));
    expect(said.filter((one) => one.held)).toHaveLength(1);
    expect(said.filter((one) => one.code === "TARGET_BUSY")).toHaveLength(3);
  });

  it("is taken at once from a process of this machine that was killed", async () => {
    const child = new Child("killed", 60_000);
    children.push(child);
    expect(await child.said()).toMatchObject({ held: true, fence: 1 });
    const error = await refused(take("killed", 60_000));
    expect(error.message).toContain(`child ${child.process.pid}`);
    await child.kill();
    const since = performance.now();
    const lease = await take("killed", 60_000);
    expect(performance.now() - since).toBeLessThan(2_000);
    expect(lease.fence).toBe(2);
  });

  it("is taken from a process that stands still only after the whole duration, and that process hears of it", async () => {
    const child = new Child("stopped", 2_000);
    children.push(child);
    await child.said();
    child.process.kill("SIGSTOP");
    const since = performance.now();
    let lease: DeployLease | undefined;
    while (lease === undefined) {
      // Until its time is over by our clock it counts as held.
      lease = await take("stopped", 2_000).catch((error: unknown) => {
        expect((error as SluiceError).code).toBe("TARGET_BUSY");
        return undefined;
      });
    }
    expect(performance.now() - since).toBeGreaterThan(2_000);
    expect(lease.fence).toBe(2);
    child.process.kill("SIGCONT");
    expect(await child.said()).toMatchObject({
      lost: true,
      message: expect.stringContaining("is held by run 7"),
    });
    await lease.assertHeld();
  });

  it("is left to a holder on another machine as long as that renews it, and not longer", async () => {
    const own = labApi();
    const lease = await take("away", 2_000, own);
    await moveAway("away");
    await lease.assertHeld();
    const since = performance.now();
    const error = await refused(take("away", 2_000, api, "run 8"));
    // The first renewal that is seen tells that it lives.
    expect(performance.now() - since).toBeLessThan(1_500);
    expect(error.message).toContain("held by run 7");
    own.close();
    await moveAway("away");
    const then = performance.now();
    const next = await take("away", 2_000, api, "run 8");
    expect(performance.now() - then).toBeGreaterThan(1_990);
    expect(next.fence).toBe(lease.fence + 1);
    await expect(lease.assertHeld()).rejects.toMatchObject({ code: "TARGET_BUSY" });
  });

  it("counts as lost before others may take it, where the server cannot be reached", async () => {
    const own = labApi();
    const lease = await take("cut-off", 1_500, own);
    const since = performance.now();
    own.close();
    await once(lease.lost, "abort");
    expect(performance.now() - since).toBeLessThan(1_500);
    expect(lease.lost.reason).toMatchObject({
      code: "TARGET_BUSY",
      message: expect.stringContaining("could not be renewed"),
    });
    await expect(lease.assertHeld()).rejects.toBe(lease.lost.reason);
  });

  it("is lost when somebody else has taken it, and stays held when only a label was set", async () => {
    const lease = await take("changed", 1_500);
    await api.merge(refOf("changed"), { metadata: { labels: { seen: "yes" } } });
    const before = (await read("changed")).spec?.["renewTime"];
    await changed("changed", ({ spec }) => spec?.["renewTime"] !== before);
    await lease.assertHeld();
    expect((await read("changed")).metadata.labels).toEqual({ seen: "yes" });
    await api.merge(refOf("changed"), {
      spec: { holderIdentity: "somebody else" },
      metadata: { annotations: { [ANNOTATION]: null } },
    });
    await once(lease.lost, "abort");
    expect(lease.lost.reason).toMatchObject({
      message: expect.stringContaining("held by somebody else since"),
    });
    await lease.release();
    expect((await read("changed")).spec?.["holderIdentity"]).toBe("somebody else");
  });

  it("is lost when it was removed", async () => {
    const lease = await take("removed", 900);
    await api.remove(refOf("removed"));
    await once(lease.lost, "abort");
    expect(lease.lost.reason).toMatchObject({ message: expect.stringContaining("was removed") });
  });

  it("says so where there is no such namespace", async () => {
    const options = { namespace: "apply-nowhere", name: "x", holder: "x", about: "x", signal: forever() };
    await expect(takeLease(api, options)).rejects.toMatchObject({ status: 404 });
  });
});
