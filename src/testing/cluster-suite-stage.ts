import assert from "node:assert/strict";
import type { ClusterConnection, ClusterContext, ClusterCredentials } from "../ports/index.ts";
import type {
  ClusterProviderRig,
  ClusterProviderTrial,
  ClusterSuiteClock,
  CloudMood,
} from "./cluster-provider-rig.ts";

/** One test of the suite. */
export interface SuiteTrial {
  readonly name: string;
  readonly needs?: readonly ClusterProviderTrial[];
  run(stage: SuiteStage): Promise<void>;
}

/** A rig that is being tried, with its time and its signal. */
export class SuiteStage {
  readonly #open: () => Promise<ClusterProviderRig>;
  readonly #rigs: ClusterProviderRig[] = [];
  readonly #clock: { ahead: number };
  readonly rig: ClusterProviderRig;

  constructor(rig: ClusterProviderRig, open: () => Promise<ClusterProviderRig>, clock: { ahead: number }) {
    this.rig = rig;
    this.#rigs.push(rig);
    this.#open = open;
    this.#clock = clock;
  }

  now(): number {
    return Date.now() + this.#clock.ahead;
  }

  /** Moves time to a moment; one that is over already changes nothing. */
  moveTo(moment: number): void {
    this.#clock.ahead += Math.max(0, moment - this.now());
  }

  /** Puts the clock wrong by so many milliseconds; negative: behind. */
  shift(ms: number): void {
    this.#clock.ahead += ms;
  }

  /** The first of these that the rig has nothing for. */
  lacking(needs: readonly ClusterProviderTrial[] = []): ClusterProviderTrial | undefined {
    return needs.find((need) => {
      const part = PARTS[need];
      return part !== undefined && this.rig[part] === undefined;
    });
  }

  context(signal: AbortSignal = new AbortController().signal): ClusterContext {
    const { env = {}, root = process.cwd() } = this.rig;
    return { env, root, signal, now: () => this.now() };
  }

  /** One more, as the first was made. */
  async another(): Promise<ClusterProviderRig> {
    const rig = await this.#open();
    this.#rigs.push(rig);
    return rig;
  }

  async connect(): Promise<ConnectedStage> {
    const connection = await this.rig.provider.connect(this.context());
    const ask = connection.credentials?.bind(connection);
    if (ask === undefined) assert.fail("the connection has no credentials");
    return { connection, credentials: ask };
  }

  become(mood: CloudMood): void {
    this.rig.become?.(mood);
  }

  async close(): Promise<void> {
    for (const rig of this.#rigs.reverse()) await rig.close?.();
  }
}

/** What a rig must have to be tried with it. */
const PARTS: Readonly<Partial<Record<ClusterProviderTrial, keyof ClusterProviderRig>>> = {
  entry: "enter",
  denial: "become",
  throttling: "become",
  silence: "become",
  absence: "become",
  rollout: "rollout",
};

export interface ConnectedStage {
  readonly connection: ClusterConnection;
  readonly credentials: (options?: { readonly fresh?: boolean }) => Promise<ClusterCredentials>;
}

export async function openStage(
  open: (clock: ClusterSuiteClock) => ClusterProviderRig | Promise<ClusterProviderRig>,
): Promise<SuiteStage> {
  const state = { ahead: 0 };
  const clock: ClusterSuiteClock = { now: () => Date.now() + state.ahead };
  const make = async (): Promise<ClusterProviderRig> => await open(clock);
  return new SuiteStage(await make(), make, state);
}
