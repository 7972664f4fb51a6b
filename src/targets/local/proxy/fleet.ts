import { messageOf } from "../../../errors/index.ts";
import { releaseLayout, replicaLog, type Layout } from "../layout.ts";
import { sweepMarked } from "../process/group.ts";
import { isAlive } from "../../../util/process/identity.ts";
import type { ReleaseRecord } from "../state/release-store.ts";
import { Instance, type InstanceHooks } from "./instance.ts";
import type { LatestWriter } from "./latest-writer.ts";
import type { ReplicaFailure, ReplicaView } from "./protocol.ts";
import { MARKER } from "./replica-env.ts";
import { startReplica } from "./replica-start.ts";
import type { ReplicaRecord } from "./runtime-file.ts";
import { restartDelay, Slot } from "./slot.ts";

/** What shall run of one revision. */
export interface FleetPlan {
  readonly release: ReleaseRecord;
  readonly replicas: number;
  readonly proven: boolean;
}

/** What shall run, and what starting and ending it needs. */
export interface FleetOrder {
  readonly plans: ReadonlyMap<number, FleetPlan>;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly grace: number;
}

/** The processes of a target: starts what is missing, ends what is too many, starts again what has crashed. */
export class Fleet {
  readonly #layout: Layout;
  readonly #runtime: LatestWriter;
  readonly #changed: () => void;
  readonly #slots = new Map<string, Slot>();
  readonly #instances = new Set<Instance>();
  readonly #starting = new Set<Promise<void>>();
  #order: FleetOrder = { plans: new Map(), env: {}, secrets: {}, grace: 0 };

  readonly #hooks: InstanceHooks = {
    changed: () => {
      this.#changed();
    },
    overdue: (instance) => {
      const slot = this.#slotOf(instance);
      if (slot === undefined) return;
      slot.instance = undefined;
      void instance.retire(0, this.#order.grace);
      const { path, startup } = this.#order.plans.get(slot.revision)?.release.health ?? {
        path: "/",
        startup: 0,
      };
      this.#fail(slot, { kind: "overdue", text: `did not answer GET ${path} well within ${startup} ms` });
    },
    ended: (instance) => {
      this.#instances.delete(instance);
      void this.#runtime.save().catch(() => undefined); // a dead process in the record does no harm: it is looked at
      const slot = this.#slotOf(instance);
      if (slot !== undefined) {
        slot.instance = undefined;
        slot.lived(Date.now() - instance.record.startedAt);
        this.#fail(slot, { kind: "ended", text: instance.end });
      }
      this.#changed();
    },
  };

  constructor(layout: Layout, runtime: LatestWriter, changed: () => void) {
    this.#layout = layout;
    this.#runtime = runtime;
    this.#changed = changed;
  }

  /** Takes over what an earlier proxy has started: those alive are watched, those dead are cleared away. */
  async adopt(records: readonly ReplicaRecord[], plans: FleetOrder["plans"]): Promise<void> {
    for (const record of records) {
      const plan = plans.get(record.revision);
      if (!isAlive(record.process)) {
        sweepMarked(record.process, `${MARKER}=${record.id}`);
        continue;
      }
      // A revision that nobody wants any more is ended before its health matters.
      const check = plan?.release.health ?? { path: "/", interval: 1_000, timeout: 1_000, startup: 60_000 };
      const instance = this.#watch(new Instance(record, undefined, check, this.#hooks));
      const slot = new Slot(record.revision, record.index);
      slot.instance = instance;
      slot.drain = plan?.release.drain ?? 0;
      this.#slots.set(slot.key, slot);
    }
    await Promise.all([...this.#instances].map((instance) => instance.examine()));
  }

  /** Makes the order the present one and acts on it. `retry` names a revision whose failed replicas try once more. */
  want(order: FleetOrder, retry: number | null): void {
    this.#order = order;
    for (const slot of this.#slots.values()) {
      const plan = order.plans.get(slot.revision);
      if (plan === undefined || slot.index >= plan.replicas) this.#drop(slot, plan);
    }
    for (const [revision, plan] of order.plans) {
      for (let index = 0; index < plan.replicas; index += 1) {
        const slot = this.#slots.get(Slot.key(revision, index));
        if (slot === undefined) this.#begin(new Slot(revision, index));
        else if (slot.isStuck(plan.proven, retry === revision)) this.#begin(slot);
      }
    }
  }

  /** Replicas of a revision that may get requests. */
  ready(revision: number): readonly Instance[] {
    return [...this.#instances].filter(
      ({ record, phase }) => record.revision === revision && phase === "ready",
    );
  }

  /** Ends everything and waits until it has ended. */
  async end(): Promise<void> {
    this.want({ ...this.#order, plans: new Map() }, null);
    await Promise.all(this.#starting);
    await Promise.all([...this.#instances].map(({ gone }) => gone));
  }

  records(): readonly ReplicaRecord[] {
    return [...this.#instances].map(({ record }) => record);
  }

  views(): readonly ReplicaView[] {
    const slots = [...this.#slots.values()];
    const held = new Set(slots.map(({ instance }) => instance));
    const leaving = [...this.#instances].filter((instance) => !held.has(instance));
    return [
      ...slots.map((slot) => slot.view()),
      ...leaving.map(({ record: { revision, index, port, process } }): ReplicaView => {
        return { revision, index, phase: "leaving", pid: process.pid, port, restarts: 0, failure: null };
      }),
    ];
  }

  /** Where the logs of what runs are. */
  logs(): readonly string[] {
    return this.records().map(({ revision, index }) =>
      replicaLog(releaseLayout(this.#layout, revision), index),
    );
  }

  #drop(slot: Slot, plan: FleetPlan | undefined): void {
    slot.cancel();
    this.#slots.delete(slot.key);
    const drain = plan?.release.drain ?? slot.drain;
    if (slot.instance !== undefined) void slot.instance.retire(drain, this.#order.grace);
    this.#changed();
  }

  #begin(slot: Slot): void {
    slot.cancel();
    slot.failure = null;
    slot.state = "starting";
    this.#slots.set(slot.key, slot);
    this.#changed();
    const starting = this.#start(slot)
      .catch((error: unknown) => {
        this.#fail(slot, { kind: "spawn", text: `could not be started: ${messageOf(error)}` });
      })
      .finally(() => this.#starting.delete(starting));
    this.#starting.add(starting);
  }

  async #start(slot: Slot): Promise<void> {
    const { plans, env, secrets } = this.#order;
    const release = plans.get(slot.revision)?.release;
    if (release === undefined) return;
    slot.drain = release.drain;
    const taken = new Set(this.records().map(({ port }) => port));
    const waiting = await startReplica({
      layout: this.#layout,
      release,
      index: slot.index,
      env,
      secrets,
      taken,
    });
    if ("missing" in waiting) {
      const text = `needs the secret "${waiting.missing}", whose value is not at hand`;
      this.#fail(slot, { kind: "secret", text });
      return;
    }
    const instance = this.#watch(new Instance(waiting.record, waiting.child, release.health, this.#hooks));
    if (this.#slots.get(slot.key) === slot) slot.instance = instance;
    else void instance.retire(0, 0);
    try {
      await this.#runtime.save();
    } catch (error) {
      this.#fail(slot, { kind: "state", text: `could not be recorded: ${messageOf(error)}` });
      slot.instance = undefined;
      await instance.retire(0, 0);
      return;
    }
    waiting.go();
  }

  #watch(instance: Instance): Instance {
    this.#instances.add(instance);
    return instance;
  }

  #slotOf(instance: Instance): Slot | undefined {
    const slot = this.#slots.get(Slot.key(instance.record.revision, instance.record.index));
    return slot?.instance === instance ? slot : undefined;
  }

  /** Notes the failure; a proven release is started again after a while, another one is left for the driver to see. */
  #fail(slot: Slot, failure: ReplicaFailure): void {
    if (this.#slots.get(slot.key) !== slot) return;
    slot.failure = failure;
    slot.state = "failed";
    process.stderr.write(
      `${new Date().toISOString()} revision ${slot.revision}, replica ${slot.index}: ${failure.text}\n`,
    );
    if (this.#order.plans.get(slot.revision)?.proven === true && failure.kind !== "secret") {
      slot.state = "waiting";
      slot.restarts += 1;
      slot.streak += 1;
      slot.timer = setTimeout(() => {
        this.#restart(slot);
      }, restartDelay(slot.streak));
    }
    this.#changed();
  }

  #restart(slot: Slot): void {
    const last = slot.failure;
    this.#begin(slot);
    slot.failure = last;
  }
}
