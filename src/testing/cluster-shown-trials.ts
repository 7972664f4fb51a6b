import assert from "node:assert/strict";
import { checkConnection, checkShown } from "./cluster-provider-checks.ts";
import type { SuiteStage, SuiteTrial } from "./cluster-suite-stage.ts";

/** What a provider shows, and what it says of a cluster that can be reached. */
export const SHOWN_TRIALS: readonly SuiteTrial[] = [
  {
    name: "asks nothing of its cloud when it is made and shown",
    run(stage: SuiteStage): Promise<void> {
      checkShown(stage.rig.provider, stage.rig.secrets);
      assert.equal(stage.rig.requests(), 0, "nothing was asked");
      return Promise.resolve();
    },
  },
  {
    name: "shows the same each time that it is made",
    async run(stage: SuiteStage): Promise<void> {
      const { provider: one } = stage.rig;
      const { provider: other } = await stage.another();
      assert.deepEqual(other.spec, one.spec);
      assert.deepEqual([other.kind, other.name, other.describe()], [one.kind, one.name, one.describe()]);
    },
  },
  {
    name: "says where the API server is, and who vouches for it",
    async run(stage: SuiteStage): Promise<void> {
      checkConnection(await stage.rig.provider.connect(stage.context()));
    },
  },
  {
    name: "is let in by the API server",
    needs: ["entry"],
    async run(stage: SuiteStage): Promise<void> {
      const { connection } = await stage.connect();
      const entered = stage.rig.enter?.(connection);
      if (entered === undefined) assert.fail("the rig has no enter()");
      await entered;
    },
  },
  {
    name: "names a registry by the beginning of its images' names, or none",
    async run(stage: SuiteStage): Promise<void> {
      const registry = await stage.rig.provider.registry?.(stage.context());
      if (registry === undefined) return;
      assert.match(registry.prefix, /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9][\w.-]*)*$/);
    },
  },
];
