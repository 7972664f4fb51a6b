import { describe, expect, it } from "vitest";
import type { ClusterContext, ClusterProvider } from "../../../../src/ports/index.ts";
import { openSession } from "../../../../src/targets/kubernetes/open-session.ts";
import { kubernetesSpec } from "../../../../src/targets/kubernetes/options.ts";
import { openCluster } from "../../../../src/targets/kubernetes/place.ts";
import { targetContext } from "../../../fixtures/target-context.ts";

const REASON = new Error("enough");

function providerOf(connect: ClusterProvider["connect"]): ClusterProvider {
  return { kind: "test", name: "prod", spec: {}, needs: [], describe: () => "a cluster", connect };
}

/** A run that can be cancelled, and what it was told. */
function run() {
  const cancel = new AbortController();
  let told: (text: string) => void = () => undefined;
  const said = new Promise<string>((resolve) => (told = resolve));
  const context = targetContext({
    signal: cancel.signal,
    write: (_, text) => {
      told(String(text));
      return undefined;
    },
  });
  return { cancel, context, said };
}

describe("the way into a cluster", () => {
  it("ends with the run while the provider is asked, also one that does not listen", async () => {
    let given: ClusterContext | undefined;
    const provider = providerOf((context) => {
      given = context;
      return new Promise(() => undefined);
    });
    const { cancel, context } = run();
    const opening = openCluster(
      { provider, counts: undefined },
      kubernetesSpec({ cluster: provider }),
      context,
    );
    const refused = expect(opening).rejects.toBe(REASON);
    cancel.abort(REASON);
    await refused;
    expect(given?.signal.reason).toBe(REASON);
  });

  it("gives the provider the log of who opens it", async () => {
    const provider = providerOf((given) => {
      given.log?.("waits for somebody");
      return Promise.resolve({ server: "http://127.0.0.1:1" });
    });
    const { context, said } = run();
    const hands = { provider, counts: undefined };
    const open = await openCluster(hands, kubernetesSpec({ cluster: provider }), context);
    expect(await said).toBe("waits for somebody\n");
    open.api.close();
  });

  it("stays open for credentials after a run was cancelled", async () => {
    let given: ClusterContext | undefined;
    const provider = providerOf((context) => {
      given = context;
      return Promise.resolve({ server: "http://127.0.0.1:1" });
    });
    const { cancel, context } = run();
    const open = await openCluster(
      { provider, counts: undefined },
      kubernetesSpec({ cluster: provider }),
      context,
    );
    cancel.abort(REASON);
    expect(given?.signal.aborted).toBe(false);
    open.api.close();
  });

  it("ends with the run as long as it has no lease, also where nobody answers", async () => {
    const provider = providerOf(() => Promise.resolve({ server: "http://127.0.0.1:1" }));
    const { cancel, context, said } = run();
    const hands = { provider, counts: undefined };
    const opening = openSession(hands, kubernetesSpec({ cluster: provider }), context, () => "web");
    const refused = expect(opening).rejects.toBe(REASON);
    await said;
    cancel.abort(REASON);
    await refused;
  });
});
