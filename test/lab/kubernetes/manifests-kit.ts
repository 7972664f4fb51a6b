import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { rolling } from "../../../src/deploy/index.ts";
import { isSluiceError } from "../../../src/errors/index.ts";
import type {
  ResolvedApp,
  RolloutDriver,
  RolloutProgress,
  TargetContext,
  TargetPreview,
} from "../../../src/ports/index.ts";
import { openClusterApi } from "../../../src/targets/kubernetes/api/index.ts";
import type { ClusterApi, KubeObject } from "../../../src/targets/kubernetes/api/types.ts";
import { connectKubernetes } from "../../../src/targets/kubernetes/connect.ts";
import type { KubernetesOptions } from "../../../src/targets/kubernetes/options.ts";
import type { TargetHands } from "../../../src/targets/kubernetes/place.ts";
import { previewKubernetes } from "../../../src/targets/kubernetes/verbs/preview.ts";
import { rolloutContext } from "../../../src/testing/index.ts";
import { type Released, RolloutKit } from "./rollout-kit.ts";

type Options = Omit<KubernetesOptions, "cluster">;

/** One app of `manifests()` in a namespace of the lab, its files in a folder of its own. */
export class ManifestsKit {
  readonly kit: RolloutKit;
  /** What is removed once it is no longer among the objects. */
  prune = "safe";
  readonly #root: string;

  private constructor(kit: RolloutKit, root: string) {
    this.kit = kit;
    this.#root = root;
  }

  static async open(options: Options): Promise<ManifestsKit> {
    const root = await mkdtemp(join(tmpdir(), "sluice-manifests-"));
    return new ManifestsKit(await RolloutKit.open(process.env["KUBECONFIG"] ?? "", options), root);
  }

  async connect(objects: readonly KubeObject[], open?: TargetHands["open"]): Promise<RolloutDriver> {
    const app = await this.#app(objects);
    const until = Date.now() + 15_000;
    for (;;) {
      try {
        return await connectKubernetes(this.kit.hands(open), { target: this.kit.spec, app }, this.context());
      } catch (error) {
        if (!isSluiceError(error) || error.code !== "TARGET_BUSY" || Date.now() > until) throw error;
        await sleep(100);
      }
    }
  }

  /** Releases as the engine does. */
  async release(
    objects: readonly KubeObject[],
    options: {
      readonly open?: TargetHands["open"];
      readonly earlier?: readonly RolloutProgress[];
      readonly told?: RolloutProgress[];
    } = {},
  ): Promise<Released> {
    let api: ClusterApi | undefined;
    const open: TargetHands["open"] = (connection, parts) =>
      (api = (options.open ?? openClusterApi)(connection, parts));
    const driver = await this.connect(objects, open);
    const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
    const context = rolloutContext({ clock, earlier: options.earlier ?? [] });
    const strategy = rolling();
    try {
      const result = await strategy.release(driver, strategy.spec as never, context);
      return { result, events: context.events, requests: api?.requests ?? 0 };
    } finally {
      options.told?.push(...context.events);
      await driver.close();
    }
  }

  async preview(objects: readonly KubeObject[], more: Partial<ResolvedApp> = {}): Promise<TargetPreview> {
    const app = { ...(await this.#app(objects)), ...more };
    return await previewKubernetes(this.kit.hands(), { target: this.kit.spec, app }, this.context());
  }

  context(): TargetContext {
    return { ...this.kit.context(), root: this.#root };
  }

  async remove(): Promise<void> {
    await this.kit.remove();
    await rm(this.#root, { recursive: true, force: true });
  }

  async #app(objects: readonly KubeObject[]): Promise<ResolvedApp> {
    await writeFile(
      join(this.#root, "all.json"),
      JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }),
    );
    return {
      kind: "manifests",
      spec: { globs: ["all.json"], env: null, only: null, prune: this.prune } as never,
      secrets: {},
    };
  }
}
