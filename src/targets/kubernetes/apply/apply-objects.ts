import pLimit from "p-limit";
import { isSluiceError, SluiceError } from "../../../errors/index.ts";
import type { ClusterApi, KubeObject, ObjectRef } from "../api/types.ts";
import { waitUntilReady } from "../wait/wait-until-ready.ts";
import { changeOf } from "./change-of.ts";
import { explainFault } from "./explain.ts";
import { AT_ONCE, type Inspected, inspectObjects, type Inspection } from "./inspect.ts";
import { awaitKind } from "./await-kind.ts";
import { listMembers } from "./members.ts";
import { inWaves } from "./order.ts";
import { placeObjects, setIdOf, type Placed } from "./place.ts";
import { type Problem, refusal } from "./problems.ts";
import { nameOf } from "./refs.ts";
import { scrubber } from "./scrub.ts";
import { readSet, recordOf, type SetRecord, supersetOf, writeSet } from "./set-parent.ts";
import type { Applied, ApplyOptions, ApplyScope } from "./types.ts";

/** How long a namespace or a definition may take until it can be used: milliseconds. */
const SETTLING = 60_000;

/**
 * Makes the cluster have these objects, by server-side apply, in the order of {@link inWaves}. Before anything changes
 * the server is asked about all of them; what it cannot be asked about yet, because the kind or the namespace is among
 * the same objects, is validated as soon as that is there, and says so in {@link Applied.late}.
 *
 * The objects become members of the scope's apply set, whose parent remembers the earlier members too. Nothing is
 * removed: `pruneObjects` does that, once what replaces the old objects is ready.
 *
 * Throws `MANIFEST_INVALID`, `FIELD_CONFLICT`, `CLUSTER_DENIED` or `TARGET_STATE` (another tool keeps the set, an object
 * belongs to another one), with all problems at once.
 */
export async function applyObjects(
  api: ClusterApi,
  objects: readonly KubeObject[],
  scope: ApplyScope,
  options: ApplyOptions,
): Promise<readonly Applied[]> {
  return await (await prepareApply(api, objects, scope, options)).apply();
}

/** Objects of which the server would refuse none. */
export interface PreparedApply {
  /** What is there of each before it is applied. */
  readonly before: readonly Before[];
  apply(): Promise<readonly Applied[]>;
}

interface Before {
  readonly ref: ObjectRef;
  /** Undefined: there is none. */
  readonly live: KubeObject | undefined;
  /** False where the server could not be asked yet, so that `live` says nothing. */
  readonly known: boolean;
}

/** The first half of {@link applyObjects}: asks about all objects and changes nothing. */
export async function prepareApply(
  api: ClusterApi,
  objects: readonly KubeObject[],
  scope: ApplyScope,
  options: ApplyOptions,
): Promise<PreparedApply> {
  const { signal } = options;
  const problems: Problem[] = [];
  const [set, placed] = await Promise.all([readSet(api, scope), placeObjects(api, objects, scope, problems)]);
  const id = setIdOf(scope);
  const born = placed.filter(({ unborn }) => !unborn).map(({ ref }) => ref);
  const inspection: Inspection = {
    api,
    scope,
    id,
    scrub: scrubber(objects, options.mask),
    signal,
    all: placed,
    isThere: () => false,
    ...(set.exists ? { known: await listMembers(api, id, born) } : {}),
  };
  const inspected = new Map<Placed, Inspected>();
  for (const one of await inspectObjects(inspection, placed)) inspected.set(one.placed, one);
  problems.push(...[...inspected.values()].flatMap(({ problem }) => problem ?? []));
  if (problems.length > 0) throw refusal(problems, "nothing was changed");
  return {
    before: [...inspected.values()].map(({ placed: { ref, unborn }, live, late }) => ({
      ref,
      live,
      // Where there is no kind yet, there is no object either.
      known: unborn || late === undefined,
    })),
    apply: async () => {
      signal.throwIfAborted();
      const run = new ApplyRun(inspection, inspected, options, set);
      await run.rememberMembers();
      for (const wave of inWaves(placed.map((one) => ({ ...one.object, placed: one })))) {
        await run.applyWave(
          wave.objects.map((one) => one.placed),
          wave.settles,
        );
      }
      return placed.flatMap((one) => run.applied.get(one) ?? []);
    },
  };
}

class ApplyRun {
  readonly applied = new Map<Placed, Applied>();
  readonly #inspection: Inspection;
  readonly #inspected: Map<Placed, Inspected>;
  readonly #options: ApplyOptions;
  readonly #late = new Map<Placed, string>();
  readonly #set: SetRecord;
  #remembered = false;

  constructor(
    inspection: Inspection,
    inspected: Map<Placed, Inspected>,
    options: ApplyOptions,
    set: SetRecord,
  ) {
    const { known: _old, ...asking } = inspection;
    this.#inspection = { ...asking, isThere: (placed) => this.applied.has(placed) };
    this.#inspected = inspected;
    this.#options = options;
    this.#set = set;
    for (const { placed, late } of inspected.values()) {
      if (late === undefined) continue;
      this.#late.set(placed, late);
      options.report(`${nameOf(placed.ref)}: could not be validated beforehand: ${late}`);
    }
  }

  /** Has the parent name every place where members may be, old and new, before there are new ones. */
  async rememberMembers(): Promise<void> {
    const { api, scope, all } = this.#inspection;
    const record = supersetOf(
      this.#set,
      recordOf(
        all.map(({ ref }) => ref),
        scope,
      ),
    );
    // A namespace that is yet to be made holds no earlier members, and takes no parent.
    const unmade = all.find(({ ref }) => ref.kind === "Namespace" && ref.name === scope.namespace);
    if (unmade !== undefined && !this.#set.exists && !this.applied.has(unmade) && this.#isNew(unmade)) return;
    await writeSet(api, scope, this.#set, record);
    this.#remembered = true;
  }

  async applyWave(wave: readonly Placed[], settles: boolean): Promise<void> {
    this.#options.signal.throwIfAborted();
    const limit = pLimit(AT_ONCE);
    const results = await Promise.allSettled(wave.map((placed) => limit(() => this.#apply(placed))));
    const failures = results.flatMap((result, index) => {
      const placed = wave[index];
      return result.status === "fulfilled" || placed === undefined
        ? []
        : [{ placed, error: result.reason as unknown }];
    });
    if (failures.length > 0) throw this.#failure(failures);
    if (settles) await this.#settle(wave);
    if (!this.#remembered) await this.rememberMembers();
    await this.#validateLate();
  }

  async #apply(placed: Placed): Promise<void> {
    const { api, scope, signal } = this.#inspection;
    signal.throwIfAborted();
    const object = await api.apply(placed.object, { manager: scope.manager, force: scope.force });
    const change = changeOf(this.#inspected.get(placed), object, scope.manager);
    const late = this.#late.get(placed);
    this.applied.set(placed, {
      ref: placed.ref,
      object,
      generation: object.metadata.generation,
      change,
      ...(late === undefined ? {} : { late }),
    });
    if (change !== "unchanged") this.#options.report(`${nameOf(placed.ref)}: ${change}`);
  }

  async #settle(wave: readonly Placed[]): Promise<void> {
    const { api, signal } = this.#inspection;
    await waitUntilReady(
      api,
      wave.flatMap((placed) => this.applied.get(placed) ?? []),
      { timeout: SETTLING, signal, report: (text) => this.#options.report(text) },
    );
  }

  /** Asks about what could not be asked about before, now that more is there. */
  async #validateLate(): Promise<void> {
    const waiting = [...this.#inspected.values()].filter(
      ({ later, placed }) => later === true && !this.applied.has(placed),
    );
    if (waiting.length === 0) return;
    const placed = await Promise.all(
      waiting.map(async (one) => ({ before: one.placed, now: await this.#born(one.placed) })),
    );
    const answers = await inspectObjects(
      this.#inspection,
      placed.map(({ now }) => now),
    );
    for (const [index, answer] of answers.entries()) {
      const before = placed[index]?.before;
      if (before !== undefined) this.#inspected.set(before, { ...answer, placed: before });
    }
    const problems = answers.flatMap(({ problem }) => problem ?? []);
    if (problems.length > 0) throw refusal(problems, this.#progress());
  }

  async #born(placed: Placed): Promise<Placed> {
    if (!placed.unborn) return placed;
    const { api, all, signal } = this.#inspection;
    const definitions = all.filter(({ ref }) => ref.kind === "CustomResourceDefinition");
    if (!definitions.every((one) => this.applied.has(one))) return placed;
    await awaitKind(api, placed.ref, signal);
    return { ...placed, unborn: false };
  }

  #isNew(placed: Placed): boolean {
    const before = this.#inspected.get(placed);
    return (before?.result ?? before?.live)?.metadata.resourceVersion === undefined;
  }

  #failure(failures: readonly { readonly placed: Placed; readonly error: unknown }[]): unknown {
    const problems: Problem[] = [];
    for (const { placed, error } of failures) {
      const problem = explainFault(placed.ref, error);
      if (problem === undefined) return this.#interrupted(placed, error);
      problems.push({ ...problem, text: this.#inspection.scrub(problem.text) });
    }
    return refusal(problems, this.#progress());
  }

  /** The server itself failed, half-way: its error, with how far it got. */
  #interrupted(placed: Placed, error: unknown): unknown {
    if (!isSluiceError(error)) return error;
    const message = `${nameOf(placed.ref)}: ${this.#inspection.scrub(error.message)}; ${this.#progress()}`;
    return new SluiceError(error.code, message, { hint: error.hint, cause: error });
  }

  #progress(): string {
    const changed = [...this.applied.values()].filter(({ change }) => change !== "unchanged");
    if (changed.length === 0) return "nothing was changed";
    return `already changed: ${changed.map(({ ref }) => nameOf(ref)).join(", ")}`;
  }
}
