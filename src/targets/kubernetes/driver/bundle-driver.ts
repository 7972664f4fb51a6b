import type { Release } from "../../../model/index.ts";
import type { RolloutDriver, RolloutState, SideState } from "../../../ports/index.ts";
import type { KubeObject, ObjectRef } from "../api/types.ts";
import { applyObjects } from "../apply/apply-objects.ts";
import { pruneObjects } from "../apply/prune.ts";
import type { ApplyScope } from "../apply/types.ts";
import { refOf, sameRef, takeSnapshot } from "../release/snapshot.ts";
import { MANAGER, type BundleContent, type StoredRelease } from "../release/types.ts";
import { bundleUrl } from "../traffic/service-object.ts";
import { waitUntilReady } from "../wait/wait-until-ready.ts";
import { takeBundleBack } from "./bundle-back.ts";
import { finishBundle } from "./moves/finish-bundle.ts";
import type { Session } from "./session.ts";
import { servedRefs, wholeIsReady } from "./whole-ready.ts";
import { asRelease, indivisible, markLive, newRelease, wholeReleases } from "./whole-release.ts";

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
    const { stable, candidate } = await wholeReleases(this.#session);
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
    const { stable, candidate } = await wholeReleases(this.#session);
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
    await markLive(session);
    await session.guard();
    const kept = await servedRefs(
      this.#session.api,
      this.#content.objects.map((object) => this.#placed(object)),
    );
    await pruneObjects(session.api, this.#scope(), kept, { signal: session.forward, report: session.say });
    return asRelease(session, await finishBundle(session), this.#content.digest);
  }

  async abort(reason: string): Promise<void> {
    const session = this.#session;
    const { candidate } = await wholeReleases(this.#session);
    if (candidate === undefined) return;
    const { before } = await session.records.payload(candidate);
    await takeBundleBack(session, before);
    await session.records.update(candidate, { state: "aborted", reason: session.mask(reason) });
    session.say(`revision ${candidate.header.revision}: taken back`);
  }

  async start(): Promise<void> {
    await this.roll();
  }

  scale(): Promise<void> {
    return Promise.reject(indivisible(this.#session, "scaled"));
  }

  route(): Promise<void> {
    return Promise.reject(indivisible(this.#session, "given a part of the requests"));
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  async #begin(stable: StoredRelease | undefined): Promise<void> {
    const { api, records } = this.#session;
    const earlier = stable === undefined ? undefined : (await records.payload(stable)).content;
    const refs = this.#content.objects.map((object) => this.#placed(object));
    const older = earlier?.kind === "bundle" ? earlier.objects.map((object) => this.#placed(object)) : [];
    const all = [...refs, ...older.filter((ref) => !refs.some((one) => sameRef(one, ref)))];
    const release = newRelease(this.#session, this.#content.digest, stable);
    const before = await takeSnapshot(api, await servedRefs(this.#session.api, all));
    await records.create(release, () => Promise.resolve({ before, made: [], content: this.#content }));
  }

  #placed(object: KubeObject): ObjectRef {
    return { namespace: this.#session.place.namespace, ...refOf(object) };
  }

  async #isReady(release: StoredRelease): Promise<boolean> {
    const { api, place, records } = this.#session;
    const { content } = await records.payload(release);
    return content.kind === "bundle" && (await wholeIsReady(api, place.namespace, content));
  }

  #scope(): ApplyScope {
    const { place, force } = this.#session;
    return { manager: MANAGER, namespace: place.namespace, set: `sluice.${place.app}`, force };
  }
}
