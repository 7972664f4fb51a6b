import type { Release } from "../../../model/index.ts";
import type { CountSource, RolloutDriver, RolloutState, SideState } from "../../../ports/index.ts";
import type { RenderedService } from "../render/types.ts";
import type { Ports } from "../traffic/router.ts";
import { serviceUrl } from "../traffic/service-object.ts";
import { contentOf, frontOf, isAutoscaled, portsOf } from "./content.ts";
import { abortCandidate } from "./moves/abort.ts";
import { compareWith } from "./moves/baseline.ts";
import { promoteCandidate } from "./moves/promote.ts";
import { routeRequests } from "./moves/route.ts";
import { desiredOf, scaleSide } from "./moves/sizes.ts";
import { startCandidate } from "./moves/start.ts";
import type { Session } from "./session.ts";
import { SideAddresses } from "./side-addresses.ts";
import { baselineOf, partiesOf, type SideNow, type Situation } from "./situation.ts";

/** Drives one rollout of a `service()` in a cluster. */
export class KubernetesDriver implements RolloutDriver {
  readonly counts?: CountSource;
  readonly #session: Session;
  readonly #rendered: RenderedService;
  readonly #addresses: SideAddresses;

  constructor(
    session: Session,
    rendered: RenderedService,
    addresses = new SideAddresses(session),
    counts?: (session: Session) => CountSource,
  ) {
    this.#session = session;
    this.#rendered = rendered;
    this.#addresses = addresses;
    if (counts !== undefined) this.counts = counts(session);
  }

  async observe(): Promise<RolloutState> {
    const now = await this.#session.look();
    const { stable, candidate } = now;
    const desired = desiredOf(this.#rendered, now);
    const { weight, asked } = await this.#session.router.read(partiesOf(now));
    const fresh = baselineOf(now);
    const url = await this.#url();
    return {
      target: this.#session.place.target,
      desired,
      stable: stable && side(stable, weight > 0 ? await this.#addresses.stable(this.#ports) : url),
      candidate: candidate && side(candidate, await this.#addresses.candidate(this.#ports)),
      weight,
      asked,
      ...(fresh === undefined ? {} : { baseline: fresh.replicas }),
      url,
      current: this.#isCurrent(now),
    };
  }

  async start(replicas: number): Promise<void> {
    await startCandidate(this.#session, this.#rendered, whole(replicas, 1));
  }

  async scale(side: "stable" | "candidate", replicas: number): Promise<void> {
    await scaleSide(this.#session, side, whole(replicas, 0), this.#session.forward);
  }

  async route(weight: number): Promise<void> {
    if (!(weight >= 0 && weight <= 100))
      throw new RangeError(`a weight is from 0 to 100 per cent, not ${weight}`);
    const parts = { ...frontOf(this.#rendered), startup: this.#rendered.startup };
    await routeRequests(this.#session, parts, (now) => desiredOf(this.#rendered, now), weight);
  }

  async baseline(replicas: number): Promise<void> {
    await compareWith(this.#session, whole(replicas, 0), (now) => desiredOf(this.#rendered, now));
  }

  async promote({ keepOld = 0 }: { readonly keepOld?: number } = {}): Promise<Release> {
    const session = this.#session;
    const rendered = this.#rendered;
    const stable = await promoteCandidate(session, (now) => {
      const replicas = desiredOf(rendered, now);
      const content = contentOf(rendered, now.candidate?.revision ?? 1, replicas);
      return { content, replicas, keepOld, after: rendered.after };
    });
    if (stable?.release.header.digest !== rendered.digest) {
      throw session.misplaced("has no candidate to promote", "Start one first.");
    }
    const { digest, revision } = stable.release.header;
    return {
      target: session.place.target,
      name: session.place.app,
      url: await this.#url(),
      revision,
      digest,
    };
  }

  async abort(reason: string): Promise<void> {
    await abortCandidate(this.#session, reason);
  }

  async close(): Promise<void> {
    await this.#addresses.close();
    await this.#session.close();
  }

  async #url(): Promise<string> {
    const { router, place } = this.#session;
    return (await router.url()) ?? serviceUrl(place.app, place.namespace, this.#ports);
  }

  get #ports(): Ports {
    return portsOf(this.#rendered);
  }

  #isCurrent({ stable }: Situation): boolean {
    if (stable?.release.header.digest !== this.#rendered.digest) return false;
    const { replicas } = this.#rendered;
    const autoscaled = isAutoscaled(this.#rendered.stableObjects("any"));
    const enough = autoscaled ? stable.replicas >= replicas : stable.replicas === replicas;
    return enough && stable.ready >= replicas;
  }
}

function side({ revision, release, replicas, ready }: SideNow, url: string): SideState {
  return { revision, digest: release.header.digest, replicas, ready, url };
}

function whole(replicas: number, min: number): number {
  if (Number.isInteger(replicas) && replicas >= min) return replicas;
  throw new RangeError(`replicas must be a whole number of at least ${min}, not ${replicas}`);
}
