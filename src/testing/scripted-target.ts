import { SluiceError } from "../errors/index.ts";
import type { Release } from "../model/index.ts";
import type {
  Clock,
  DeploySpec,
  RolloutDriver,
  Target,
  TargetContext,
  TargetStatus,
  TargetVerbSpec,
} from "../ports/index.ts";
import { canonicalJson, sha256 } from "../util/canonical-json.ts";
import { ScriptedConnection } from "./scripted-connection.ts";
import { type DriverMoment, FaultScript, type ScriptedFault } from "./scripted-faults.ts";
import { type DriverCall, ScriptedPlace } from "./scripted-place.ts";
import type { ScriptedTraffic } from "./scripted-traffic.ts";

export interface ScriptedTargetOptions<R extends string = never> {
  /** The time that requests are counted by. */
  readonly clock: Clock;
  /** @defaultValue `"scripted"` */
  readonly name?: string;
  /** Gates that a value must have passed to be deployed here. */
  readonly requires?: readonly R[];
  /** Replicas of the release `sha256:stable` that is live at the beginning; 0 is none. @defaultValue `4` */
  readonly stable?: number;
  /** What requests come in and how they fare; `null` is a target that counts none. @defaultValue 20 per second, all well */
  readonly traffic?: ScriptedTraffic | null;
  /** Counted over all deploys to the target. A `kill` ends the process that is connected. */
  readonly faults?: readonly ScriptedFault[];
  /** Told of every moment of every call. A promise holds the call there. */
  readonly at?: (moment: DriverMoment) => void | Promise<void>;
}

/** A target in memory. See {@link scriptedTarget}. */
export interface ScriptedTarget<in out R extends string = never> extends Target<R> {
  /** Every call of every driver but those that only look, in order. */
  readonly calls: readonly DriverCall[];
  /** Weights in the order in which they took effect. */
  readonly weights: readonly number[];
  /** What is true now. */
  readonly now: TargetStatus;
  /** As if the process that is connected had died: it is never answered again, and the next one can connect. */
  crash(): void;
}

const REPLICAS = 4;

/**
 * Makes a target in memory, for tests of whole pipelines: what is deployed to it stays while the value does, so that one
 * run after the other, or a run and what goes on with it after a crash, find what the one before has left. As with
 * {@link scriptedDriver}, every call is idempotent and remembered, and fails where the script says so. What is deployed is
 * told apart by the app's spec; its `replicas`, where it has such a number, are the replicas wanted (else 4).
 *
 * @example
 * ```ts
 * import { artifact, pipeline, run, sh } from "sluice";
 * import { rolling, service } from "sluice/deploy";
 * import { scriptedTarget, virtualClock } from "sluice/testing";
 *
 * const place = scriptedTarget({ clock: virtualClock(), name: "production" });
 * const pipe = pipeline({ name: "shop" }, (p) => {
 *   const built = p.stage("build").job("site", sh`npm run build`, { artifacts: { site: "site/**" } });
 *   const app = service({ artifact: artifact(built, "site"), command: ["node", "server.js"], replicas: 2 });
 *   p.stage("release").deploy("site", { to: place, app, strategy: rolling() });
 * });
 * console.log((await run(pipe)).state, place.now.stable?.revision, place.weights);
 * ```
 */
export function scriptedTarget<const R extends string = never>(
  options: ScriptedTargetOptions<R>,
): ScriptedTarget<R> {
  return new InMemoryTarget(options);
}

class InMemoryTarget<R extends string> implements ScriptedTarget<R> {
  readonly kind = "scripted";
  readonly name: string;
  readonly spec: { readonly name: string };
  readonly requires: readonly R[];
  readonly #options: ScriptedTargetOptions<R>;
  readonly #place: ScriptedPlace;
  readonly #faults: FaultScript;
  #open: { readonly driver: ScriptedConnection; readonly run: string } | undefined;

  constructor(options: ScriptedTargetOptions<R>) {
    const { clock, name = "scripted", requires = [], stable = REPLICAS, traffic, faults = [] } = options;
    this.name = name;
    this.spec = { name };
    this.requires = [...requires];
    this.#options = options;
    this.#place = new ScriptedPlace({ clock, name, traffic: traffic ?? {}, stable });
    this.#faults = new FaultScript(faults);
  }

  get calls(): readonly DriverCall[] {
    return this.#place.calls;
  }

  get weights(): readonly number[] {
    return this.#place.weights;
  }

  get now(): TargetStatus {
    const { name: target, url, weight, history, stable, candidate } = this.#place;
    const side = (of: typeof stable) => history.find(({ revision }) => revision === of?.revision);
    return { target, url, weight, history, stable: side(stable), candidate: side(candidate) };
  }

  crash(): void {
    this.#open?.driver.die();
    this.#open = undefined;
  }

  // Handed around without the target, so they must not need `this`.

  readonly connect = async ({ app }: DeploySpec, { run }: TargetContext): Promise<RolloutDriver> => {
    if (this.#open !== undefined) {
      throw new SluiceError("TARGET_BUSY", `${this.name} is being deployed to by run ${this.#open.run}`, {
        hint: "Wait for it. Deploys of one pipeline to one target need a lock or an order.",
      });
    }
    const digest = sha256(canonicalJson(app.spec));
    const { replicas } = (app.spec ?? {}) as { readonly replicas?: unknown };
    const desired = typeof replicas === "number" ? replicas : REPLICAS;
    const driver = new ScriptedConnection(this.#place, {
      digest,
      desired,
      run,
      counts: this.#options.traffic !== null,
      faults: this.#faults,
      at: this.#options.at,
      onKill: () => {
        this.crash();
      },
      onClose: () => {
        this.#open = undefined;
      },
    });
    this.#open = { driver, run };
    const { candidate } = this.#place;
    if (candidate !== undefined && candidate.digest !== digest)
      await driver.abort(`left unfinished, and replaced by run ${run}`);
    return driver;
  };

  readonly status = (): Promise<TargetStatus> => Promise.resolve(this.now);

  readonly rollback = (
    _spec: TargetVerbSpec,
    { run }: TargetContext,
    { to }: { readonly to?: number },
  ): Promise<Release> => {
    const place = this.#place;
    const { stable, history } = this.now;
    const goal = history.find(
      ({ revision, state }) =>
        state === "retired" &&
        (to === undefined ? revision < (stable?.revision ?? Infinity) : revision === to),
    );
    if (goal === undefined) return Promise.reject(place.absent("revision to go back to"));
    place.passTime();
    place.drop();
    const made = place.prepare(goal.digest, place.stable?.full ?? REPLICAS, run);
    place.resize(made, made.full);
    place.swap();
    const { name: target, url } = place;
    return Promise.resolve({ target, name: "app", url, revision: made.revision, digest: made.digest });
  };

  readonly stop = (): Promise<void> => {
    this.#place.passTime();
    this.#place.empty();
    return Promise.resolve();
  };
}
