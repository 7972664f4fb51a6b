import { access } from "node:fs/promises";
import { codeOf } from "../../../errors/index.ts";
import type { CountSnapshot, SideCounts } from "../../../ports/index.ts";
import type { Layout } from "../layout.ts";
import { readRelease, type ReleaseRecord } from "../state/release-store.ts";
import { emptyRouting } from "../state/routing.ts";
import { WeightedTurns } from "./balancer.ts";
import { Counters } from "./counters.ts";
import { CountsFile } from "./counts-file.ts";
import { Fleet, type FleetPlan } from "./fleet.ts";
import { LatestWriter } from "./latest-writer.ts";
import { Listeners } from "./listeners.ts";
import { PROTOCOL, type ConfigUpdate, type ProxyView, type Routing, type Side } from "./protocol.ts";
import { limitLog } from "./replica-log.ts";
import { readRuntime, writeRuntime } from "./runtime-file.ts";
import { Traffic } from "./traffic.ts";
import { Watchers } from "./watchers.ts";

/** Everything that one proxy process does, put together: it follows a routing until it is told another one. */
export class LocalProxy {
  readonly #layout: Layout;
  readonly #turns = new WeightedTurns();
  readonly #counters = new Counters();
  readonly #fleet: Fleet;
  readonly #runtime: LatestWriter;
  readonly #counts: CountsFile;
  readonly #listeners: Listeners;
  readonly #watchers = new Watchers();
  readonly #releases = new Map<number, ReleaseRecord>();
  #routing: Routing = emptyRouting();
  #env: Readonly<Record<string, string>> = {};
  #secrets: Readonly<Record<string, string>> = {};
  #last: Promise<unknown> = Promise.resolve();
  #sidePortsBefore: ProxyView["sidePorts"] = null;

  constructor(layout: Layout, env: Readonly<Record<string, string>>) {
    this.#layout = layout;
    this.#env = env;
    this.#runtime = new LatestWriter(() => {
      const { sidePorts } = this.#listeners;
      return writeRuntime(layout.runtime, { sidePorts, replicas: this.#fleet.records() });
    });
    this.#counts = new CountsFile(layout.counts, this.#counters);
    this.#fleet = new Fleet(layout, this.#runtime, () => {
      this.#watchers.bump();
    });
    const directions = {
      revision: (side: Side) => this.#routing[side]?.revision,
      ready: (revision: number) => this.#fleet.ready(revision),
    };
    this.#listeners = new Listeners(new Traffic(this.#turns, this.#counters, directions));
  }

  /** Goes on where the proxy before this one stopped. */
  async boot(routing: Routing): Promise<void> {
    const runtime = await readRuntime(this.#layout.runtime);
    await this.#counts.restore();
    await this.#load(routing);
    this.#routing = routing;
    await this.#fleet.adopt(runtime.replicas, this.#plans(routing));
    this.#sidePortsBefore = runtime.sidePorts;
    await this.#follow(routing, null);
  }

  /** Replaces the routing as a whole. Rejects, and changes nothing, where a release cannot be read. */
  async configure({ routing, env, secrets, retry }: ConfigUpdate): Promise<ProxyView> {
    const turn = this.#last.then(async () => {
      await this.#load(routing);
      this.#env = env;
      this.#secrets = this.#needed({ ...this.#secrets, ...secrets });
      await this.#follow(routing, retry);
      this.#watchers.bump();
      return this.view();
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  view(): ProxyView {
    return {
      protocol: PROTOCOL,
      pid: process.pid,
      version: this.#watchers.version,
      port: this.#listeners.port,
      sidePorts: this.#listeners.sidePorts,
      portProblem: this.#listeners.problem,
      routing: this.#routing,
      replicas: this.#fleet.views(),
    };
  }

  /** The view as soon as its version is another than `seen`, or as it is after `wait` ms. */
  async viewAfter(seen: number, wait: number): Promise<ProxyView> {
    await this.#watchers.changed(seen, wait);
    return this.view();
  }

  /** Both sides' totals. They are on the disk before they are told, so that a later proxy never tells smaller ones. */
  async counts(): Promise<CountSnapshot> {
    const side = (name: Side): SideCounts | undefined => {
      const plan = this.#routing[name];
      return plan === null ? undefined : this.#counters.read(plan.revision);
    };
    const snapshot = { at: Date.now(), stable: side("stable"), candidate: side("candidate") };
    await this.#counts.save().catch(() => undefined); // on a full disk, counts that a crash would lose are better than none
    return snapshot;
  }

  /** What falls due by itself. Says false where the target's folder has gone, and nobody could ever steer this proxy. */
  async tick(): Promise<boolean> {
    const fault: unknown = await access(this.#layout.state).catch((error: unknown) => error);
    if (codeOf(fault) === "ENOENT") return false;
    const turn = this.#last.then(() => this.#follow(this.#routing, null));
    this.#last = turn.catch(() => undefined);
    await turn;
    for (const log of [this.#layout.proxyLog, ...this.#fleet.logs()])
      await limitLog(log).catch(() => undefined);
    await this.#counts.save().catch(() => undefined);
    return true;
  }

  /** Ends all processes, then takes no more requests. */
  async end(): Promise<void> {
    await this.#last;
    await this.#fleet.end();
    await this.#runtime.save().catch(() => undefined); // the folder may have been removed
    await this.leave();
  }

  /** Takes no more requests, answers those under way and leaves the processes to the next proxy. */
  async leave(): Promise<void> {
    this.#listeners.close();
    await this.#listeners.closed();
    await this.#counts.save().catch(() => undefined);
  }

  async #load(routing: Routing): Promise<void> {
    for (const { revision } of sidesOf(routing)) {
      if (this.#releases.has(revision)) continue;
      this.#releases.set(revision, await readRelease(this.#layout, revision));
    }
  }

  /** Values that a release may be started with again: a newer run may know nothing of what an older release needs. */
  #needed(secrets: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const names = new Set([...this.#releases.values()].flatMap((release) => Object.values(release.secrets)));
    return Object.fromEntries(Object.entries(secrets).filter(([name]) => names.has(name)));
  }

  async #follow(routing: Routing, retry: number | null): Promise<void> {
    this.#routing = routing;
    this.#turns.setWeight(routing.weight);
    const order = {
      plans: this.#plans(routing),
      env: this.#env,
      secrets: this.#secrets,
      grace: routing.grace,
    };
    this.#fleet.want(order, retry);
    const used = new Set(order.plans.keys());
    this.#counters.keep(used);
    for (const revision of this.#releases.keys()) if (!used.has(revision)) this.#releases.delete(revision);
    if (routing.open) {
      await this.#listeners.open(routing.port);
      await this.#listeners.openSides(this.#sidePortsBefore);
    } else {
      this.#listeners.close();
    }
    const { sidePorts } = this.#listeners;
    if (sidePorts !== null && sidePorts !== this.#sidePortsBefore) {
      this.#sidePortsBefore = sidePorts;
      await this.#runtime.save();
    }
  }

  #plans(routing: Routing): ReadonlyMap<number, FleetPlan> {
    const plans = new Map<number, FleetPlan>();
    for (const { revision, replicas, proven } of sidesOf(routing)) {
      const release = this.#releases.get(revision);
      if (release !== undefined) plans.set(revision, { release, replicas, proven });
    }
    return plans;
  }
}

function sidesOf(routing: Routing): readonly { revision: number; replicas: number; proven: boolean }[] {
  const sides = [routing.stable, routing.candidate].filter((side) => side !== null);
  const old = routing.old.filter(({ until }) => until > Date.now());
  return [...sides, ...old.map(({ revision, replicas }) => ({ revision, replicas, proven: true }))];
}
