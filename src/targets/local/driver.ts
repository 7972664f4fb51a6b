import { SluiceError } from "../../errors/index.ts";
import type { Release } from "../../model/index.ts";
import type { CountSource, RolloutDriver, RolloutState, SideState } from "../../ports/index.ts";
import { appDigest, type ServiceApp } from "./app.ts";
import { countSource } from "./counts.ts";
import { abortCandidate } from "./moves/abort.ts";
import { readyOf } from "./moves/await-replicas.ts";
import { entryOf, releaseOf, urlOf } from "./moves/history.ts";
import { promoteCandidate } from "./moves/promote.ts";
import { scaleSide } from "./moves/scale.ts";
import { startCandidate } from "./moves/start.ts";
import type { ProxyView, Side } from "./proxy/protocol.ts";
import type { Session } from "./session.ts";

/** Drives one rollout on this machine. */
export class LocalDriver implements RolloutDriver {
  readonly counts: CountSource;
  readonly #session: Session;
  readonly #app: ServiceApp;
  readonly #digest: string;

  constructor(session: Session, app: ServiceApp) {
    this.#session = session;
    this.#app = app;
    this.#digest = appDigest(app);
    this.counts = countSource(session);
  }

  async observe(): Promise<RolloutState> {
    const view = await this.#session.view();
    const { weight, stable: plan } = view.routing;
    const stable = this.#side(view, "stable");
    const candidate = this.#side(view, "candidate");
    const desired = this.#app.replicas;
    const current = stable?.digest === this.#digest && plan?.replicas === desired && stable.ready === desired;
    return {
      target: this.#session.spec.name,
      desired,
      stable,
      candidate,
      weight,
      url: urlOf(view.port ?? 0),
      current,
    };
  }

  async start(replicas: number): Promise<void> {
    const { context } = this.#session;
    const fill = (folder: string): Promise<void> => context.restore(this.#app.artifact, folder);
    const release = { app: this.#app, digest: this.#digest, restores: null, fill };
    await startCandidate(this.#session, release, count(replicas, 1), context.signal);
  }

  async scale(side: Side, replicas: number): Promise<void> {
    await scaleSide(this.#session, side, count(replicas, 0), this.#session.context.signal);
  }

  async route(weight: number): Promise<void> {
    if (!(weight >= 0 && weight <= 100))
      throw new RangeError(`a weight is from 0 to 100 per cent, not ${weight}`);
    const { routing } = this.#session.state;
    if (weight > 0 && routing.candidate === null) {
      throw new SluiceError(
        "TARGET_STATE",
        `target "${this.#session.spec.name}" has no candidate to send requests to`,
        {
          hint: "Start one first.",
        },
      );
    }
    if (routing.weight === weight) return;
    await this.#session.change((state) => ({ ...state, routing: { ...state.routing, weight } }));
    this.#session.say(`candidate gets ${weight} % of the requests`);
  }

  async promote(options: { readonly keepOld?: number } = {}): Promise<Release> {
    await promoteCandidate(
      this.#session,
      this.#app.replicas,
      options.keepOld ?? 0,
      this.#session.context.signal,
    );
    const { stable } = this.#session.state.routing;
    if (stable === null || entryOf(this.#session.state, stable.revision).digest !== this.#digest) {
      throw new SluiceError(
        "TARGET_STATE",
        `target "${this.#session.spec.name}" has no candidate to promote`,
        {
          hint: "Start one first.",
        },
      );
    }
    return releaseOf(this.#session, stable.revision);
  }

  async abort(reason: string): Promise<void> {
    await abortCandidate(this.#session, reason);
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  #side(view: ProxyView, side: Side): SideState | undefined {
    const plan = view.routing[side];
    if (plan === null) return undefined;
    const { revision, replicas } = plan;
    const { digest } = entryOf(this.#session.state, revision);
    return {
      revision,
      digest,
      replicas,
      ready: readyOf(view, revision),
      url: urlOf(view.sidePorts?.[side] ?? 0),
    };
  }
}

function count(replicas: number, min: number): number {
  if (Number.isInteger(replicas) && replicas >= min) return replicas;
  throw new RangeError(`replicas must be a whole number of at least ${min}, not ${replicas}`);
}
