import { isSluiceError, SluiceError } from "../../../errors/index.ts";
import type { Release } from "../../../model/index.ts";
import type { KubeObject } from "../api/types.ts";
import { refusal } from "../apply/problems.ts";
import { checkObjects } from "../helm/check-objects.ts";
import { readRevision } from "../helm/deployed.ts";
import { repairRelease } from "../helm/repair.ts";
import { helmStatus } from "../helm/revisions.ts";
import { helmRollback } from "../helm/rollback.ts";
import type { HelmChart, HelmContext } from "../helm/types.ts";
import { helmUninstall } from "../helm/uninstall.ts";
import { helmUpgrade } from "../helm/upgrade.ts";
import { wentBackTo } from "../helm/went-back.ts";
import type { HelmContent, StoredRelease } from "../release/types.ts";
import { finishBundle } from "./moves/finish-bundle.ts";
import type { HelmHands } from "./open-helm.ts";
import type { Session } from "./session.ts";
import { wholeIsReady } from "./whole-ready.ts";
import { WholeDriver } from "./whole-driver.ts";
import { asRelease, markLive, newRelease, wholeReleases } from "./whole-release.ts";

/** How many revisions Helm keeps by itself. */
const LEAST_KEPT = 10;
/** How many one deploy makes at most: left pending, taken back for it, the new one, and taken back again. */
const PER_DEPLOY = 4;

/** What a Helm release shall become: a chart's, or again what it was at an earlier revision. */
export interface HelmGoal {
  readonly digest: string;
  readonly release: string;
  /** Of one move of Helm's: milliseconds. */
  readonly timeout: number;
  readonly to:
    | { readonly chart: HelmChart; readonly objects: readonly KubeObject[] }
    /** Helm's revision, and ours whose content that is. */
    | { readonly revision: number; readonly restores: number };
}

/**
 * Drives a release that Helm makes. Helm's revision before it is recorded first; an upgrade that fails is taken back by
 * Helm itself, and one that was killed by us. What a killed process had begun is gone on with; where Helm had ended it,
 * nothing is done again, so that the chart's hooks run once.
 */
export class HelmDriver extends WholeDriver {
  readonly #helm: HelmHands;
  readonly #goal: HelmGoal;

  constructor(session: Session, helm: HelmHands, goal: HelmGoal) {
    super(session, goal.digest);
    this.#helm = helm;
    this.#goal = goal;
  }

  protected override readiness(): (release: StoredRelease) => Promise<boolean> {
    const { api, place } = this.session;
    return async (release) =>
      await wholeIsReady(api, place.namespace, await this.#content(release), release.header.state);
  }

  async roll(): Promise<void> {
    const session = this.session;
    const { stable, candidate } = await wholeReleases(session);
    await session.guard();
    const helm = await this.#hands(session.forward);
    await this.#repair(helm, candidate !== undefined);
    if (candidate === undefined) await this.#check(helm);
    const release = candidate ?? (await this.#begin(stable));
    await session.guard();
    const begun = await this.#content(release);
    const revision = (await this.#ended(begun)) ?? (await this.#move(helm));
    const payload = await session.records.payload(release);
    const content = { ...begun, revision };
    await session.records.update(release, {}, { ...payload, content });
    session.say(`Helm release ${this.#goal.release}: revision ${revision} is deployed`);
  }

  async promote(): Promise<Release> {
    await markLive(this.session);
    return asRelease(this.session, await finishBundle(this.session), this.#goal.digest);
  }

  async abort(reason: string): Promise<void> {
    const session = this.session;
    const { stable, candidate } = await wholeReleases(session);
    if (candidate === undefined) return;
    await session.guard();
    const content = await this.#content(candidate);
    await this.#back(await this.#hands(session.back), content);
    if (stable !== undefined) await this.#follow(stable, content);
    await session.records.update(candidate, { state: "aborted", reason: session.mask(reason) });
    session.say(`revision ${candidate.header.revision}: taken back`);
  }

  override async close(): Promise<void> {
    try {
      await this.#helm.close();
    } finally {
      await super.close();
    }
  }

  async #begin(stable: StoredRelease | undefined): Promise<StoredRelease> {
    const { api, place, records } = this.session;
    const { digest, release, timeout, to } = this.#goal;
    const restores = "chart" in to ? undefined : to.restores;
    const revisions = await helmStatus(api, place.namespace, release);
    const before = revisions.find(({ status }) => status === "deployed")?.revision ?? null;
    const first = revisions.every(({ status }) => status === "uninstalled");
    const content: HelmContent = { kind: "helm", digest, release, timeout, before, first, revision: null };
    const { stored } = await records.create(newRelease(this.session, digest, stable, restores), () =>
      Promise.resolve({ before: [], made: [], content }),
    );
    return stored;
  }

  /** Asks the server about all objects, as Helm would write them. Throws what {@link refusal} makes. */
  async #check(helm: HelmContext): Promise<void> {
    const { api, mask } = this.session;
    const { release, to } = this.#goal;
    if (!("chart" in to)) return;
    const { signal } = helm;
    const problems = await checkObjects(api, helm, release, to.objects, { signal, mask });
    if (problems.length > 0) throw refusal(problems, "nothing was changed");
  }

  /** What Helm keeps with a revision that is this release: how a later process knows that it need not be made again. */
  get #mark(): string {
    const { digest, to } = this.#goal;
    return "chart" in to ? `Released by Sluice: ${digest}` : `Rollback to ${to.revision}`;
  }

  /** The revision that a process which has died had already made of this release. */
  async #ended({ release, before }: HelmContent): Promise<number | undefined> {
    const { api, place } = this.session;
    const [newest] = await helmStatus(api, place.namespace, release);
    if (newest?.status !== "deployed" || newest.revision <= (before ?? 0)) return undefined;
    const kept = await readRevision(api, place.namespace, release, newest.revision);
    return kept?.description === this.#mark ? newest.revision : undefined;
  }

  /** Helm, told to keep all that a release which is kept can be brought back by. */
  async #hands(signal: AbortSignal): Promise<HelmContext> {
    const { api, place, records } = this.session;
    const kept = await records.list(["live", "retired", "pending"]);
    const contents = await Promise.all(kept.map((one) => this.#content(one)));
    const needed = contents.flatMap(({ revision, before }) => revision ?? before ?? []);
    const revisions = await helmStatus(api, place.namespace, this.#goal.release);
    const since = revisions.filter(({ revision }) => revision >= Math.min(...needed)).length;
    return { ...this.#helm.at(signal), keep: Math.max(LEAST_KEPT, since + PER_DEPLOY) };
  }

  /** Gives the revision that Helm has deployed. */
  async #move(helm: HelmContext): Promise<number> {
    const { release, timeout, to } = this.#goal;
    try {
      if ("chart" in to) return (await helmUpgrade(helm, to.chart, this.#mark)).revision;
      await helmRollback(helm, release, to.revision, timeout);
    } catch (error) {
      if (!isSluiceError(error) || error.code !== "HELM_FAILED") throw error;
      throw new SluiceError("RELEASE_UNHEALTHY", error.message, {
        cause: error,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      });
    }
    const [newest] = await helmStatus(this.session.api, helm.namespace, release);
    return newest?.revision ?? to.revision;
  }

  async #back(helm: HelmContext, { release, before, first, timeout }: HelmContent): Promise<void> {
    await this.#repair(helm, true);
    const [newest] = await helmStatus(this.session.api, helm.namespace, release);
    if (newest === undefined || newest.status === "uninstalled") return;
    if (first) {
      await helmUninstall(helm, release, timeout);
      return;
    }
    // Where none was deployed there is nothing to go back to: Helm has left it as it could.
    if (before === null || newest.revision === before) return;
    if (newest.status === "deployed" && (await wentBackTo(helm, release)) === before) return;
    try {
      await helmRollback(helm, release, before, timeout);
    } catch (error) {
      if (!isSluiceError(error) || error.code !== "HELM_FAILED") throw error;
      this.session.say(`not all that was there before is ready again: ${error.message}`);
      // What was there is put back all the same, or the release that was found bad would stay under way for good.
      await helmRollback(helm, release, before, null);
    }
  }

  /** Helm counts going back as a revision of its own: from now on that is the live one's. */
  async #follow(stable: StoredRelease, { release, before }: HelmContent): Promise<void> {
    const { api, place, records } = this.session;
    const payload = await records.payload(stable);
    const [newest] = await helmStatus(api, place.namespace, release);
    if (payload.content.kind !== "helm" || payload.content.revision !== before) return;
    if (newest?.status !== "deployed" || newest.revision === before) return;
    const content = { ...payload.content, revision: newest.revision };
    await records.update(stable, {}, { ...payload, content });
  }

  /** `ours`: whoever left it pending held our lease, and is gone. */
  async #repair(helm: HelmContext, ours: boolean): Promise<void> {
    const { api, clock, say } = this.session;
    const { release, timeout } = this.#goal;
    const how = { now: () => clock.now(), timeout, ...(ours ? { stuckAfter: 0 } : {}) };
    const done = await repairRelease(api, helm, release, how);
    if (done !== undefined) say(`Helm release ${release}: ${done}`);
  }

  async #content(release: StoredRelease): Promise<HelmContent> {
    const { content } = await this.session.records.payload(release);
    if (content.kind === "helm") return content;
    throw this.session.misplaced(
      `holds revision ${release.header.revision}, which is no Helm release`,
      "Give the chart a target of its own, by its name.",
    );
  }
}
