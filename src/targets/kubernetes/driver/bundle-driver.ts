import type { Release } from "../../../model/index.ts";
import type { RolloutDriver, RolloutState, SideState } from "../../../ports/index.ts";
import type { KubeObject, ObjectRef } from "../api/types.ts";
import { applyObjects } from "../apply/apply-objects.ts";
import { pruneObjects } from "../apply/prune.ts";
import type { ApplyScope } from "../apply/types.ts";
import { judgeReadiness } from "../readiness/judge.ts";
import { isTraffic, removeNew, restoreOld } from "../release/restore.ts";
import { refOf, sameRef, takeSnapshot } from "../release/snapshot.ts";
import { MANAGER, type BundleContent, type StoredRelease, type Touched } from "../release/types.ts";
import { bundleUrl } from "../traffic/service-object.ts";
import { waitUntilReady } from "../wait/wait-until-ready.ts";
import { finishBundle } from "./moves/finish-bundle.ts";
import type { Session } from "./session.ts";
import { liveFirst } from "./situation.ts";

/**
 * Drives a release of objects that roll out by themselves: all of them are applied, in their order, and waited for; what
 * is no longer among them is removed once the rest is ready. Taking it back puts every object back as it was.
 */
export class BundleDriver implements RolloutDriver {
  readonly #session: Session;
  readonly #content: BundleContent;

  constructor(session: Session, content: BundleContent) {
    this.#session = session;
    this.#content = content;
  }

  async observe(): Promise<RolloutState> {
    const { stable, candidate } = await this.#releases();
    const url = bundleUrl(this.#session.place.app, this.#session.place.namespace);
    const side = async (release: StoredRelease | undefined): Promise<SideState | undefined> => {
      if (release === undefined) return undefined;
      const { revision, digest } = release.header;
      return { revision, digest, replicas: 1, ready: (await this.#isReady(release)) ? 1 : 0, url };
    };
    const [live, coming] = await Promise.all([side(stable), side(candidate)]);
    const current = live?.digest === this.#content.digest && live.ready === 1;
    return {
      target: this.#session.place.target,
      desired: 1,
      stable: live,
      candidate: coming,
      weight: 0,
      url,
      current,
    };
  }

  async roll(): Promise<void> {
    const session = this.#session;
    const signal = session.forward;
    const { stable, candidate } = await this.#releases();
    if (candidate === undefined) await this.#begin(stable);
    await session.guard();
    const options = { signal, report: session.say, mask: session.mask };
    const applied = await applyObjects(session.api, this.#content.objects, this.#scope(), options);
    const { timeout, clock, say, mask } = session;
    await waitUntilReady(session.api, applied, {
      timeout,
      signal,
      report: say,
      now: () => clock.now(),
      mask,
    });
  }

  async promote(): Promise<Release> {
    const session = this.#session;
    const { stable, candidate } = await this.#releases();
    if (candidate !== undefined) {
      const promotedAt = Math.max(session.clock.now(), (stable?.header.promotedAt ?? 0) + 1);
      await session.records.update(candidate, { state: "live", promotedAt });
    }
    await session.guard();
    const kept = await this.#known(this.#content.objects.map((object) => this.#placed(object)));
    await pruneObjects(session.api, this.#scope(), kept, { signal: session.forward, report: session.say });
    const live = await finishBundle(session);
    if (live?.header.digest !== this.#content.digest) {
      throw session.misplaced("has no release to promote", "Apply one first.");
    }
    const { target, app, namespace } = session.place;
    const { revision, digest } = live.header;
    return { target, name: app, url: bundleUrl(app, namespace), revision, digest };
  }

  async abort(reason: string): Promise<void> {
    const session = this.#session;
    const { candidate } = await this.#releases();
    if (candidate === undefined) return;
    const { before } = await session.records.payload(candidate);
    await restoreOld(
      session,
      before.filter((one) => !isTraffic(one)),
    );
    await this.#awaitRestored(before);
    await restoreOld(session, before.filter(isTraffic));
    await removeNew(session, before);
    await session.records.update(candidate, { state: "aborted", reason: session.mask(reason) });
    session.say(`revision ${candidate.header.revision}: taken back`);
  }

  async start(): Promise<void> {
    await this.roll();
  }

  scale(): Promise<void> {
    return Promise.reject(this.#indivisible("scaled"));
  }

  route(): Promise<void> {
    return Promise.reject(this.#indivisible("given a part of the requests"));
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  async #begin(stable: StoredRelease | undefined): Promise<void> {
    const { api, place, records, clock } = this.#session;
    const earlier = stable === undefined ? undefined : (await records.payload(stable)).content;
    const refs = this.#content.objects.map((object) => this.#placed(object));
    const older = earlier?.kind === "bundle" ? earlier.objects.map((object) => this.#placed(object)) : [];
    const all = [...refs, ...older.filter((ref) => !refs.some((one) => sameRef(one, ref)))];
    const release = {
      digest: this.#content.digest,
      run: place.run,
      pipeline: place.pipeline,
      createdAt: clock.now(),
      replicas: 1,
      from: stable?.header.revision ?? null,
      fromReplicas: 0,
      promotedAt: null,
      keepOld: 0,
      returning: false,
      forwardOnly: [],
      reason: null,
      configuration: [],
    };
    const before = await takeSnapshot(api, await this.#known(all));
    await records.create(release, () => Promise.resolve({ before, made: [], content: this.#content }));
  }

  /** Kinds that are not served yet have no objects to be recorded. */
  async #known(refs: readonly ObjectRef[]): Promise<readonly ObjectRef[]> {
    const served = await Promise.all(
      refs.map(async (ref) => {
        const resource = await this.#session.api.resource(ref).catch(() => undefined);
        if (resource === undefined) return undefined;
        const { namespace: _none, ...whole } = ref;
        return resource.namespaced ? ref : whole;
      }),
    );
    return served.filter((ref) => ref !== undefined);
  }

  #placed(object: KubeObject): ObjectRef {
    return { namespace: this.#session.place.namespace, ...refOf(object) };
  }

  async #awaitRestored(before: readonly Touched[]): Promise<void> {
    const { api, clock, say, mask, timeout, back } = this.#session;
    const old = before.filter((one) => one.fields !== undefined && !isTraffic(one));
    const objects = await Promise.all(old.map(({ ref }) => api.get(ref)));
    const applied = objects.flatMap((object) =>
      object === undefined
        ? []
        : [
            {
              ref: refOf(object),
              object,
              generation: object.metadata.generation,
              change: "configured" as const,
            },
          ],
    );
    await waitUntilReady(api, applied, { timeout, signal: back, report: say, now: () => clock.now(), mask });
  }

  async #isReady(release: StoredRelease): Promise<boolean> {
    const { content } = await this.#session.records.payload(release);
    if (content.kind !== "bundle") return false;
    const refs = await this.#known(content.objects.map((object) => this.#placed(object)));
    if (refs.length < content.objects.length) return false;
    const objects = await Promise.all(refs.map((ref) => this.#session.api.get(ref)));
    return objects.every(
      (object) =>
        object !== undefined && judgeReadiness(object, object.metadata.generation).state === "ready",
    );
  }

  async #releases() {
    const found = await this.#session.records.list(["pending", "live"]);
    const [stable] = liveFirst(found);
    return { stable, candidate: found.find(({ header }) => header.state === "pending") };
  }

  #scope(): ApplyScope {
    const { place, force } = this.#session;
    return { manager: MANAGER, namespace: place.namespace, set: `sluice.${place.app}`, force };
  }

  #indivisible(what: string): Error {
    return this.#session.misplaced(`rolls out by itself and cannot be ${what}`, "Release it by rolling().");
  }
}
