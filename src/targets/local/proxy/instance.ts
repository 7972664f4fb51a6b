import type { ChildProcess } from "node:child_process";
import { Agent } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { groupExists, signalGroup, sweepGroup } from "../process/group.ts";
import { seemsAlive } from "../../../util/process/identity.ts";
import type { HealthCheck } from "../app.ts";
import { probe } from "./health.ts";
import type { ReplicaRecord } from "./runtime-file.ts";

/** How often a replica that is not up yet is asked. */
const EAGER = 100;
/** How often the rest of a group, whose leader has ended, is looked at. */
const GROUP_LOOK = 25;
/** How often an adopted process, whose end nobody reports, is looked at. */
const LOOK = 250;
/** Health checks missed in a row after which a replica gets no more requests. A refused connection counts at once. */
const MISSES = 3;
/** Idle connections are dropped before a replica drops them, because a request sent into a closing one is lost. */
const IDLE = 1_000;

export interface InstanceHooks {
  /** Something that others can see is different. */
  changed(): void;
  /** It was not well within its startup time. */
  overdue(instance: Instance): void;
  /** Its process has ended, and what was left of its group too. */
  ended(instance: Instance): void;
}

/** One process of a release, started by this proxy or found running: watched, and ended when it is told to. */
export class Instance {
  readonly record: ReplicaRecord;
  readonly agent = new Agent({ keepAlive: true, timeout: IDLE, maxFreeSockets: 64 });
  /** Resolves when the process has ended. */
  readonly gone: Promise<void>;
  phase: "starting" | "ready" | "unready" | "leaving" | "gone" = "starting";
  /** How it ended, in words. */
  end = "ended";
  everReady = false;
  /** Requests that it is answering, and when it was chosen last. */
  inflight = 0;
  turn = 0;
  readonly #check: HealthCheck;
  readonly #hooks: InstanceHooks;
  readonly #since = Date.now();
  /** Until when the rest of its group may take to end, as milliseconds since 1970. */
  #patience = 0;
  #resolveGone: () => void = () => undefined;
  #wake: () => void = () => undefined;
  #idle: () => void = () => undefined;

  constructor(
    record: ReplicaRecord,
    child: ChildProcess | undefined,
    check: HealthCheck,
    hooks: InstanceHooks,
  ) {
    this.record = record;
    this.#check = check;
    this.#hooks = hooks;
    this.gone = new Promise((resolve) => (this.#resolveGone = resolve));
    if (child === undefined) {
      this.#look();
    } else {
      child.once("exit", (code, signal) => {
        void this.#ended(signal === null ? `ended with exit code ${String(code)}` : `was ended by ${signal}`);
      });
    }
    void this.#watch();
  }

  /** Asks the replica once and notes the answer; resolves when it is noted. */
  async examine(): Promise<void> {
    const health = await probe(this.record.port, this.#check);
    if (health === "well") this.#become("ready");
    else if (health === "refused" && this.phase === "ready") this.#become("unready");
  }

  /** A request could not be delivered: no more are sent until a health check passes, and one is made at once. */
  suspect(): void {
    if (this.phase === "ready") this.#become("unready");
    this.#wake();
  }

  /** A request has begun (1) or ended (-1). */
  count(change: 1 | -1): void {
    this.inflight += change;
    if (this.inflight === 0) this.#idle();
  }

  /** Gives it no more requests, lets those in flight finish within `drain` ms, then ends its whole group. */
  async retire(drain: number, grace: number): Promise<void> {
    if (this.phase === "leaving" || this.phase === "gone") return this.gone;
    this.#become("leaving");
    if (this.inflight > 0) {
      await within(drain, Promise.race([this.gone, new Promise<void>((resolve) => (this.#idle = resolve))]));
    }
    this.#patience = Date.now() + grace;
    signalGroup(this.record.process, "SIGTERM");
    if (!(await within(grace, this.gone))) signalGroup(this.record.process, "SIGKILL");
    await this.gone;
  }

  async #watch(): Promise<void> {
    let misses = 0;
    while (this.#isWatched()) {
      const health = await probe(this.record.port, this.#check);
      if (!this.#isWatched()) return;
      misses = health === "well" ? 0 : misses + 1;
      if (health === "well") this.#become("ready");
      else if (this.phase === "ready" && (health === "refused" || misses >= MISSES)) this.#become("unready");
      if (!this.everReady && Date.now() - this.#since > this.#check.startup) {
        this.#hooks.overdue(this);
        return;
      }
      const wait = this.phase === "ready" ? this.#check.interval : Math.min(EAGER, this.#check.interval);
      await within(wait, new Promise<void>((resolve) => (this.#wake = resolve)));
    }
  }

  #isWatched(): boolean {
    return this.phase !== "leaving" && this.phase !== "gone";
  }

  #become(phase: "ready" | "unready" | "leaving"): void {
    if (this.phase === phase || this.phase === "gone" || (this.phase === "leaving" && phase !== "leaving"))
      return;
    this.phase = phase;
    if (phase === "ready") this.everReady = true;
    this.#hooks.changed();
    this.#wake();
  }

  #look(): void {
    setTimeout(() => {
      if (seemsAlive(this.record.process)) this.#look();
      else void this.#ended("ended while no one could see how");
    }, LOOK);
  }

  async #ended(how: string): Promise<void> {
    this.end = how;
    this.phase = "gone";
    this.agent.destroy();
    this.#wake();
    this.#idle();
    while (Date.now() < this.#patience && groupExists(this.record.process)) await pause(GROUP_LOOK);
    sweepGroup(this.record.process);
    this.#resolveGone();
    this.#hooks.ended(this);
  }
}

/** Whether `event` resolves within `ms`. */
async function within(ms: number, event: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, ms);
  });
  const won = await Promise.race([event.then(() => true), late]);
  clearTimeout(timer);
  return won;
}
