import { describe, expect, it } from "vitest";
import type { ClusterContext, ClusterProvider } from "../../../../src/ports/index.ts";
import { hurried } from "../../../../src/targets/kubernetes/hurried.ts";
import { clusterContext } from "../../../fixtures/clouds/context.ts";

describe("a way in that somebody waits for", () => {
  const provider: ClusterProvider = {
    ...{ kind: "test", name: "prod", spec: {}, needs: [], describe: () => "a cluster" },
    connect: () => Promise.resolve({ server: "https://127.0.0.1:1" }),
  };

  it("asks for the registry too, and ends with its own signal", async () => {
    const { signal } = new AbortController();
    const asked: ClusterContext[] = [];
    const registry = { prefix: "registry.example.com" };
    const asking: ClusterProvider = {
      ...provider,
      registry(context) {
        expect(this).toBe(asking);
        asked.push(context);
        return Promise.resolve(registry);
      },
    };
    const hands = hurried({ provider: asking, counts: undefined }, { signal, deadline: 1 });
    expect(await hands.provider.registry?.(clusterContext({ root: "/shop" }))).toBe(registry);
    expect(asked).toMatchObject([{ root: "/shop" }]);
    expect(asked[0]?.signal).toBe(signal);
  });

  it("has its own log, where it was given one", async () => {
    const { signal } = new AbortController();
    const told: string[] = [];
    const saying: ClusterProvider = {
      ...provider,
      connect: (context) => {
        context.log?.("waits");
        return provider.connect(context);
      },
    };
    const log = (text: string): void => void told.push(text);
    const mine = hurried({ provider: saying, counts: undefined }, { signal, deadline: 1, log });
    await mine.provider.connect(clusterContext({ log: () => expect.unreachable() }));
    const theirs = hurried({ provider: saying, counts: undefined }, { signal, deadline: 1 });
    await theirs.provider.connect(clusterContext({ log: (text) => void told.push(`theirs: ${text}`) }));
    expect(told).toEqual(["waits", "theirs: waits"]);
  });

  it("has none where the way in has none", () => {
    const { signal } = new AbortController();
    const hands = hurried({ provider, counts: undefined }, { signal, deadline: 1 });
    expect(hands.provider.registry).toBeUndefined();
  });
});
