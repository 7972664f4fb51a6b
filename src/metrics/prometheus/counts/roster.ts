import type { CountedSides } from "../../../ports/index.ts";

/** Milliseconds for which a pod is asked about after it has gone: its last requests are scraped late. */
const REMEMBER = 300_000;

/** Whose counters are asked for: a release's, or those of its fresh baseline. */
export interface AskedSide {
  /** The same for as long as a release runs, whatever becomes of it. */
  readonly side: string;
  readonly revision: number;
  /** Whether other pods of the same revision are another side's. */
  readonly fresh: boolean;
  /** Those that it has, or had a while ago. */
  readonly pods: readonly string[];
}

interface Listed {
  readonly of: Omit<AskedSide, "pods">;
  at: number;
}

/** The sides that there are now, each under its name for as long as it runs. */
export function namedSides({ stable, candidate, baseline }: CountedSides): readonly AskedSide[] {
  return [
    ...[stable, candidate].map((of) => of && { ...of, side: String(of.revision), fresh: false }),
    baseline && { ...baseline, side: freshOf(baseline.revision), fresh: true },
  ].filter((one) => one !== undefined);
}

/** What the fresh baseline of a revision is called. */
export function freshOf(revision: number): string {
  return `${String(revision)} fresh`;
}

/** Whose counters are asked for. Pods that go are remembered for a while. */
export class Roster {
  readonly #pods = new Map<string, Listed>();

  /** Takes who runs now. */
  update(sides: readonly AskedSide[], at: number): void {
    for (const { side, revision, fresh, pods } of sides) {
      for (const pod of pods) {
        const known = this.#pods.get(pod);
        if (known === undefined) this.#pods.set(pod, { of: { side, revision, fresh }, at });
        else known.at = at;
      }
    }
    for (const [pod, { at: seen }] of this.#pods) if (at - seen > REMEMBER) this.#pods.delete(pod);
  }

  /** Sides that there are, or that had one of the pods that are remembered. */
  asked(sides: readonly AskedSide[]): readonly AskedSide[] {
    const pods = new Map<string, string[]>();
    const known = new Map<string, Omit<AskedSide, "pods">>();
    for (const { pods: _now, ...of } of sides) {
      known.set(of.side, of);
      pods.set(of.side, []);
    }
    for (const [pod, { of }] of this.#pods) {
      known.set(of.side, of);
      const others = pods.get(of.side);
      if (others === undefined) pods.set(of.side, [pod]);
      else others.push(pod);
    }
    return Array.from(known.values(), (of) => ({ ...of, pods: pods.get(of.side) ?? [] }));
  }
}
