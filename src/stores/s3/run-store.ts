import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { SluiceError } from "../../errors/index.ts";
import type { Plan, RunEvent, RunOwner } from "../../model/index.ts";
import type { RecordedRun, RunGlance, RunLock, RunRecorder, RunStore } from "../../ports/index.ts";
import { machineName } from "../../util/process/machine.ts";
import { foldResults } from "../_shared/fold.ts";
import { glanceOf } from "../_shared/glance.ts";
import { liveOwners, ownOwner } from "../_shared/owner.ts";
import { S3ArtifactStore } from "./artifacts/artifact-store.ts";
import { S3BaselineStore } from "./baselines.ts";
import type { Bucket } from "./bucket.ts";
import { checkConditions } from "./conditions.ts";
import { readJournal } from "./journal/read-journal.ts";
import { guestSegment } from "./journal/segment.ts";
import { isRunId, planKey } from "./keys.ts";
import { ownerOf } from "./lease/lease-record.ts";
import type { Lease } from "./lease/lease.ts";
import { placeOf } from "./lease/place.ts";
import { findLease, takeLease, type FoundLease, type TakeOptions } from "./lease/take-lease.ts";
import { prepareFolder } from "./local-folder.ts";
import { readLog } from "./logs/read-log.ts";
import { S3Recorder, type RecorderParts } from "./recorder.ts";
import { listRuns, removeRun, sizeOfRun } from "./run-objects.ts";
import { RunStateObject } from "./run-state.ts";
import { makePlan, readPlan, unknownRun } from "./stored-plan.ts";
import { S3SummaryStore } from "./summaries.ts";

/** A run that this store has taken. */
interface Held {
  readonly lease: Lease;
  /** Whether a recorder writes the lease's segment. */
  recording: boolean;
}

/** Runs in a bucket: `plans/<id>.json`, and below `runs/<id>/` the lease, how the run stands, the journal and the logs. */
export class S3RunStore implements RunStore {
  readonly location: string;
  readonly artifacts: S3ArtifactStore;
  readonly baselines: S3BaselineStore;
  readonly summaries: S3SummaryStore;
  readonly #bucket: Bucket;
  readonly #folder: string;
  /** Milliseconds. */
  readonly #length: number;
  readonly #held = new Map<string, Held>();
  #place: string | null | undefined;
  #checked: Promise<void> | undefined;

  /** `folder`: absolute, for what stays on this machine. `lease`: milliseconds. */
  constructor(bucket: Bucket, { folder, lease }: { readonly folder: string; readonly lease: number }) {
    this.location = bucket.location;
    this.#bucket = bucket;
    this.#folder = folder;
    this.#length = lease;
    this.artifacts = new S3ArtifactStore(bucket, join(folder, "artifacts"));
    this.baselines = new S3BaselineStore(bucket);
    this.summaries = new S3SummaryStore(bucket);
  }

  async create(run: string, plan: Plan): Promise<RunRecorder> {
    if (!isRunId(run)) {
      throw new SluiceError("USAGE", `"${run}" is no run id`, { hint: "Letters, digits and . _ - only." });
    }
    const by = randomBytes(8).toString("hex");
    const [known] = await Promise.all([makePlan(this.#bucket, run, by, plan), this.#checkConditions()]);
    if (known !== undefined) return await this.#join(run, plan, known);
    const lease = await this.#take(run, { fresh: true });
    const state = new RunStateObject(this.#bucket, run);
    try {
      await state.begin(plan.pipeline, Date.now(), lease.record.term);
      const { term } = lease.record;
      return await this.#record({ run, pipeline: plan.pipeline, state, term, made: true }, () =>
        this.#release(run),
      );
    } catch (error) {
      await this.#release(run);
      throw error;
    }
  }

  async append(run: string): Promise<RunRecorder> {
    const state = new RunStateObject(this.#bucket, run);
    const [{ pipeline }, lease] = await Promise.all([
      readPlan(this.#bucket, run),
      this.#held.get(run)?.lease ?? this.#find(run),
      state.read(),
    ]);
    return await this.#record({ run, pipeline, state, term: lease?.record.term ?? 0, made: false });
  }

  async lock(run: string, takeOver = false): Promise<RunLock> {
    if (!isRunId(run)) throw unknownRun(this.#bucket, run);
    const [plan] = await Promise.all([this.#bucket.head(planKey(run)), this.#checkConditions()]);
    if (plan === undefined) throw unknownRun(this.#bucket, run);
    await this.#take(run, { takeOver });
    return { release: () => this.#release(run) };
  }

  async read(run: string): Promise<RecordedRun> {
    const [plan, events, lease] = await Promise.all([
      readPlan(this.#bucket, run),
      readJournal(this.#bucket, run),
      this.#find(run),
    ]);
    return { run, plan, events, ...foldResults(events), owner: this.#ownerOf(run, lease, events) };
  }

  async glance(run: string): Promise<RunGlance> {
    const state = isRunId(run) ? await new RunStateObject(this.#bucket, run).read() : undefined;
    if (state !== undefined && state.state !== "running") {
      const { pipeline, reason, startedAt, lastAt } = state;
      return { run, pipeline, state: state.state, reason, startedAt, duration: lastAt - startedAt };
    }
    const lease = state && (await this.#find(run));
    if (state !== undefined && lease?.standing.held === true) {
      const { pipeline, startedAt } = state;
      const duration = Math.max(0, lease.record.at - startedAt);
      return { run, pipeline, state: "running", reason: "it is being run", startedAt, duration };
    }
    // Its process is gone or never said that it began, or processes have run parts of it: the journal knows.
    return glanceOf(await this.read(run));
  }

  list(): Promise<readonly string[]> {
    return listRuns(this.#bucket);
  }

  async *log(run: string, node: string, from = 0): AsyncIterable<Uint8Array> {
    if (isRunId(run)) yield* readLog(this.#bucket, run, node, from);
  }

  size(run: string): Promise<number> {
    return sizeOfRun(this.#bucket, run);
  }

  remove(run: string): Promise<void> {
    return removeRun(this.#bucket, run);
  }

  async #join(run: string, plan: Plan, known: Plan): Promise<RunRecorder> {
    if (known.fingerprint === plan.fingerprint) return await this.append(run);
    throw new SluiceError("STATE_CORRUPT", `run ${run} was started from another definition or other params`, {
      hint: "Start a new run, or check out what the run was started from.",
    });
  }

  async #record(
    parts: Pick<RecorderParts, "run" | "pipeline" | "state" | "term" | "made">,
    onClose = (): Promise<void> => Promise.resolve(),
  ): Promise<RunRecorder> {
    await prepareFolder(this.#folder);
    const held = this.#held.get(parts.run);
    const owns = held !== undefined && !held.recording;
    if (owns) held.recording = true;
    return new S3Recorder({
      ...parts,
      bucket: this.#bucket,
      segment: owns
        ? held.lease.record.segment
        : guestSegment(parts.term, Date.now(), randomBytes(4).toString("hex")),
      owner: ownOwner(),
      lease: owns ? held.lease : undefined,
      spool: join(this.#folder, "spool"),
      onClose,
    });
  }

  async #take(run: string, how: Pick<TakeOptions, "fresh" | "takeOver">): Promise<Lease> {
    const lease = await takeLease(this.#bucket, run, { place: this.#here(), length: this.#length, ...how });
    this.#held.set(run, { lease, recording: false });
    return lease;
  }

  async #release(run: string): Promise<void> {
    const held = this.#held.get(run);
    this.#held.delete(run);
    await held?.lease.release();
  }

  #find(run: string): Promise<FoundLease | undefined> {
    return findLease(this.#bucket, run, this.#here());
  }

  #ownerOf(run: string, lease: FoundLease | undefined, events: readonly RunEvent[]): RunOwner | undefined {
    const held = this.#held.get(run);
    // Whoever has taken a run to go on with it is not in its own way.
    if (held !== undefined && held.lease.record.nonce === lease?.record.nonce)
      return held.recording ? ownerOf(lease.record) : undefined;
    if (lease?.standing.held === true) return ownerOf(lease.record);
    // A process that runs single nodes of the run takes no lease; where it is on this machine it can be looked at.
    return liveOwners(events).find((one) => one.machine === machineName() && one.pid !== process.pid);
  }

  #here(): string | null {
    if (this.#place === undefined) this.#place = placeOf(this.#folder);
    return this.#place;
  }

  #checkConditions(): Promise<void> {
    return (this.#checked ??= checkConditions(this.#bucket));
  }
}
