import type { Release } from "../../../model/index.ts";
import type { KubeObject, ObjectRef } from "../api/types.ts";
import { prepareApply, type PreparedApply } from "../apply/apply-objects.ts";
import { listMembers } from "../apply/members.ts";
import { setIdOf } from "../apply/place.ts";
import { pruneObjects } from "../apply/prune.ts";
import { keyOf, refOf } from "../apply/refs.ts";
import type { ApplyScope } from "../apply/types.ts";
import { sameRef, takeSnapshot, touchedAs } from "../release/snapshot.ts";
import { MANAGER, type BundleContent, type StoredRelease } from "../release/types.ts";
import { waitUntilReady } from "../wait/wait-until-ready.ts";
import { takeBundleBack } from "./bundle-back.ts";
import { finishBundle } from "./moves/finish-bundle.ts";
import { rolloutTime } from "./rollout-time.ts";
import type { Session } from "./session.ts";
import { type Look, servedRefs, wholeIsReady } from "./whole-ready.ts";
import { WholeDriver } from "./whole-driver.ts";
import { asRelease, markLive, newRelease, wholeReleases } from "./whole-release.ts";

/**
 * Drives a release of objects that roll out by themselves: all of them are applied, in their order, and waited for; what
 * is no longer among them is removed once the rest is ready. Taking it back puts every object back as it was.
 */
export class BundleDriver extends WholeDriver {
  readonly #content: BundleContent;
  readonly #restores: number | undefined;

  /** `restores`: the revision whose content it is, where an earlier release is brought back. */
  constructor(session: Session, content: BundleContent, restores?: number) {
    super(session, content.digest);
    this.#content = content;
    this.#restores = restores;
  }

  protected override readiness(): (release: StoredRelease) => Promise<boolean> {
    const { api, place, records } = this.session;
    const look = this.#looking();
    return async (release) => {
      const { content } = await records.payload(release);
      const { state } = release.header;
      return content.kind === "bundle" && (await wholeIsReady(api, place.namespace, content, state, look));
    };
  }

  async roll(): Promise<void> {
    const session = this.session;
    const signal = session.forward;
    const { stable, candidate } = await wholeReleases(this.session);
    const options = { signal, report: session.say, mask: session.mask };
    // Before it is recorded: what the server refuses leaves nothing to take back.
    const prepared = await prepareApply(session.api, this.#content.objects, this.#scope(), options);
    if (candidate === undefined) await this.#begin(stable, prepared);
    await session.guard();
    const applied = await prepared.apply();
    const { clock, say, mask } = session;
    await waitUntilReady(session.api, applied, {
      timeout: rolloutTime(session, this.#content.objects),
      signal,
      report: say,
      now: () => clock.now(),
      patience: session.patience,
      mask,
    });
  }

  async promote(): Promise<Release> {
    const session = this.session;
    await markLive(session);
    await session.guard();
    const kept = await servedRefs(
      this.session.api,
      this.#content.objects.map((object) => this.#placed(object)),
    );
    await pruneObjects(session.api, this.#scope(), kept, { signal: session.forward, report: session.say });
    return asRelease(session, await finishBundle(session), this.#content.digest);
  }

  async abort(reason: string): Promise<void> {
    const session = this.session;
    const { candidate } = await wholeReleases(this.session);
    if (candidate === undefined) return;
    const { before } = await session.records.payload(candidate);
    await takeBundleBack(session, before);
    await session.records.update(candidate, { state: "aborted", reason: session.mask(reason) });
    session.say(`revision ${candidate.header.revision}: taken back`);
  }

  async #begin(stable: StoredRelease | undefined, { before }: PreparedApply): Promise<void> {
    const { api, records } = this.session;
    const earlier = stable === undefined ? undefined : (await records.payload(stable)).content;
    const older = earlier?.kind === "bundle" ? earlier.objects.map((object) => this.#placed(object)) : [];
    const gone = (await servedRefs(api, older)).filter((ref) => !before.some((one) => sameRef(one.ref, ref)));
    const unknown = before.filter(({ known }) => !known).map(({ ref }) => ref);
    const touched = [
      ...before.filter(({ known }) => known).map(({ ref, live }) => touchedAs(ref, live)),
      ...(await takeSnapshot(api, [...unknown, ...gone])),
    ];
    const release = newRelease(this.session, this.#content.digest, stable, this.#restores);
    // Who goes back to it later wants the earlier objects, and to lose no data over it.
    const prune = this.#content.prune === "none" ? "none" : "safe";
    const content = { ...this.#content, prune } as const;
    await records.create(release, () => Promise.resolve({ before: touched, made: [], content }));
  }

  #placed(object: KubeObject): ObjectRef {
    return { namespace: this.session.place.namespace, ...refOf(object) };
  }

  /** Asks for each object once, however many releases have it. */
  #looking(): Look {
    const { api } = this.session;
    const seen = new Map<string, Promise<KubeObject | undefined>>();
    return (refs) => {
      const fresh = refs.filter((ref) => !seen.has(keyOf(ref)));
      const members = listMembers(api, setIdOf(this.#scope()), fresh);
      for (const ref of fresh)
        seen.set(
          keyOf(ref),
          members.then((found) => found.get(keyOf(ref)) ?? api.get(ref)),
        );
      return Promise.all(refs.map(async (ref) => await seen.get(keyOf(ref))));
    };
  }

  #scope(): ApplyScope {
    const { place, force } = this.session;
    const { prune = "safe" } = this.#content;
    return { manager: MANAGER, namespace: place.namespace, set: `sluice.${place.app}`, force, prune };
  }
}
