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
  readonly needs?: ClusterProviderTrial;
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
    if (this.rig.become === undefined) {
      assert.fail("the rig has no become(): write one, or name what cannot be tried in `without`");
    }
    this.rig.become(mood);
  }

  async close(): Promise<void> {
    for (const rig of this.#rigs.reverse()) await rig.close?.();
  }
}

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
