import type { CountedSides } from "../../../ports/index.ts";

/** Milliseconds for which a pod is asked about after it has gone: its last requests are scraped late. */
const REMEMBER = 300_000;

/** A revision, and the pods that it has or had a while ago. */
export interface AskedRevision {
  readonly revision: number;
  readonly pods: readonly string[];
}

interface Listed {
  readonly revision: number;
  at: number;
}

/** Whose counters are asked for. Pods that go are remembered for a while. */
export class Roster {
  readonly #pods = new Map<string, Listed>();

  /** Takes who runs now. */
  update(sides: CountedSides, at: number): void {
    for (const side of [sides.stable, sides.candidate]) {
      for (const pod of side?.pods ?? []) {
        const known = this.#pods.get(pod);
        if (known === undefined) this.#pods.set(pod, { revision: side?.revision ?? 0, at });
        else known.at = at;
      }
    }
    for (const [pod, { at: seen }] of this.#pods) if (at - seen > REMEMBER) this.#pods.delete(pod);
  }

  /** Revisions that have a side, or had one of the pods that are remembered. */
  revisions(sides: CountedSides): readonly AskedRevision[] {
    const byRevision = new Map<number, string[]>();
    for (const side of [sides.stable, sides.candidate])
      if (side !== undefined) byRevision.set(side.revision, []);
    for (const [pod, { revision }] of this.#pods) {
      const pods = byRevision.get(revision);
      if (pods === undefined) byRevision.set(revision, [pod]);
      else pods.push(pod);
    }
    return Array.from(byRevision, ([revision, pods]) => ({ revision, pods }));
  }
}
