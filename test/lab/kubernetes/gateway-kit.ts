import type { GatewayParent } from "../../../src/targets/kubernetes/spec.ts";
import { gateway } from "../../../src/targets/kubernetes/index.ts";
import { type KubernetesOptions } from "../../../src/targets/kubernetes/options.ts";
import { text } from "../../../src/targets/kubernetes/readiness/object.ts";
import { need } from "../lab.ts";
import { RolloutKit } from "./rollout-kit.ts";
import { type Answered, Traffic } from "./traffic.ts";
import { WeightsInForce } from "./weights-in-force.ts";

export const available = need("gateway").available;
/** What a pod of the image answers: its version and its name. */
const ANSWER = /^(v\d+) (\S+)\n$/;

/** A host of each namespace's own: of two routes of one host a Gateway follows the older. */
export function hostOf(namespace: string): string {
  return `${namespace}.example`;
}

/** The lab's Gateway. */
export function labParent(): GatewayParent {
  const [namespace = "", name = ""] = (process.env["SLUICE_GATEWAY_PARENT"] ?? "").split("/");
  return { namespace, name };
}

/** An app behind the lab's Gateway, with real requests to it. */
export class GatewayKit {
  readonly kit: RolloutKit;
  #ends: (() => Promise<void>)[] = [];

  private constructor(kit: RolloutKit) {
    this.kit = kit;
  }

  static async open(
    options: Omit<KubernetesOptions, "cluster"> & { readonly namespace: string },
  ): Promise<GatewayKit> {
    const traffic = gateway({ parents: [labParent()], hostnames: [hostOf(options.namespace)] });
    const kit = await RolloutKit.open(process.env["SLUICE_CLUSTER"] ?? "", { traffic, ...options });
    // Nobody waits for a lease here, and requests leave the API server little of the processors.
    kit.leaseDuration = 15_000;
    return new GatewayKit(kit);
  }

  /** Asks by the Gateway, and looks at its weights, from when it answers until {@link GatewayKit.quiet}. */
  async ask(): Promise<{ readonly traffic: Traffic; readonly weights: WeightsInForce }> {
    const weights = new WeightsInForce(
      process.env["SLUICE_GATEWAY_API"] ?? "",
      `${this.kit.namespace}-web-candidate-`,
    );
    this.#ends.push(() => weights.stop());
    await weights.until(0);
    const traffic = new Traffic(process.env["SLUICE_GATEWAY"] ?? "", {
      loops: 8,
      host: hostOf(this.kit.namespace),
    });
    this.#ends.push(() => traffic.stop());
    await traffic.more(20);
    return { traffic, weights };
  }

  async quiet(): Promise<void> {
    const ends = this.#ends.splice(0);
    await Promise.all(ends.map((end) => end()));
  }

  /** The names of a revision's pods, those that are ending too. */
  async pods(revision: number): Promise<readonly string[]> {
    const labels = `sluice.dev/revision=${revision}`;
    const { namespace } = this.kit;
    const pods = await this.kit.api.list({ apiVersion: "v1", kind: "Pod" }, { namespace, labels });
    return pods.map((pod) => text(pod, "metadata", "name")).sort();
  }
}

/** What no replica of the app has answered. */
export function lost(answers: readonly Answered[]): readonly string[] {
  return answers
    .filter((answer) => versionOf(answer) === undefined)
    .map(({ status, text }) => `${status} ${text}`);
}

export function versionOf({ text }: Answered): string | undefined {
  return ANSWER.exec(text)?.[1];
}

export function podOf({ text }: Answered): string | undefined {
  return ANSWER.exec(text)?.[2];
}

/** The versions that have answered, each once. */
export function versionsOf(answers: readonly Answered[]): readonly (string | undefined)[] {
  return [...new Set(answers.map(versionOf))].sort();
}
