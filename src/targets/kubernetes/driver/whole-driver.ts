import type { Release } from "../../../model/index.ts";
import type { RolloutDriver, RolloutState, SideState } from "../../../ports/index.ts";
import type { StoredRelease } from "../release/types.ts";
import { bundleUrl } from "../traffic/service-object.ts";
import type { Session } from "./session.ts";
import { indivisible, wholeReleases } from "./whole-release.ts";

/** What all drivers have in common whose release rolls out by itself, as a whole: it is started by rolling it out. */
export abstract class WholeDriver implements RolloutDriver {
  protected readonly session: Session;
  /** Of what is to be released. */
  readonly #digest: string;

  constructor(session: Session, digest: string) {
    this.session = session;
    this.#digest = digest;
  }

  abstract roll(): Promise<void>;
  abstract promote(): Promise<Release>;
  abstract abort(reason: string): Promise<void>;

  /** Says of a release whether all of it is ready now; what has been asked for one is not asked again for another. */
  protected abstract readiness(): (release: StoredRelease) => Promise<boolean>;

  async observe(): Promise<RolloutState> {
    const { target, app, namespace } = this.session.place;
    const { stable, candidate } = await wholeReleases(this.session);
    const url = bundleUrl(app, namespace);
    const isReady = this.readiness();
    const side = async (release: StoredRelease | undefined): Promise<SideState | undefined> => {
      if (release === undefined) return undefined;
      const { revision, digest } = release.header;
      return { revision, digest, replicas: 1, ready: (await isReady(release)) ? 1 : 0, url };
    };
    const [live, coming] = await Promise.all([side(stable), side(candidate)]);
    const current = live?.digest === this.#digest && live.ready === 1;
    return { target, desired: 1, stable: live, candidate: coming, weight: 0, url, current };
  }

  async start(): Promise<void> {
    await this.roll();
  }

  scale(): Promise<void> {
    return Promise.reject(indivisible(this.session, "scaled"));
  }

  route(): Promise<void> {
    return Promise.reject(indivisible(this.session, "given a part of the requests"));
  }

  async close(): Promise<void> {
    await this.session.close();
  }
}
