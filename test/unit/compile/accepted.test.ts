import { describe, expect, it } from "vitest";
import { artifact } from "../../../src/builder/index.ts";
import {
  blueGreen,
  canary,
  errorRate,
  helm,
  kustomize,
  manifests,
  metric,
  rolling,
  service,
} from "../../../src/deploy/index.ts";
import { kubeconfig, kubernetes } from "../../../src/entry-kubernetes.ts";
import { DefinitionError, type DefinitionIssue } from "../../../src/errors/index.ts";
import { sh } from "../../../src/executors/shell/index.ts";
import type { App, Strategy, Target } from "../../../src/ports/index.ts";
import { local } from "../../../src/targets/local/index.ts";
import { compiled } from "../../fixtures/engine-run.ts";

type Deploy = readonly [to: Target, app: App, strategy?: Strategy];

/** What is wrong with these deploys of one pipeline, one after the other. */
function issuesOf(...deploys: readonly Deploy[]): readonly DefinitionIssue[] {
  try {
    compiled((p) => {
      for (const [index, [to, app, strategy = rolling()]] of deploys.entries())
        p.stage(`to ${index}`).deploy("web", { to, app, strategy });
    });
  } catch (error) {
    if (error instanceof DefinitionError) return error.issues;
    throw error;
  }
  return [];
}

/** What is wrong with deploying files that a job makes. */
function issuesOfFiles(to: Target): readonly string[] {
  try {
    compiled((p) => {
      const built = p.stage("build").job("build", () => 1, { artifacts: { dist: "dist/**" } });
      const app = service({ artifact: artifact(built, "dist"), command: ["node", "server.js"] });
      p.stage("release").deploy("web", { to, app, strategy: rolling() });
    });
  } catch (error) {
    if (error instanceof DefinitionError) return error.issues.map(({ message }) => message);
    throw error;
  }
  return [];
}

const messages = (...deploys: readonly Deploy[]): string[] => issuesOf(...deploys).map((one) => one.message);

const cluster = kubeconfig({ context: "staging" });
const counts = (): Promise<never> => Promise.reject(new Error("not in this test"));
const shop = kubernetes({ cluster, name: "shop" });
const image = (): App => service({ image: "web:1" });
const step = { steps: [50], every: "1m" } as const;
const counting = canary({ ...step, analysis: [errorRate()] });
const asking = canary({ ...step, analysis: [metric({ name: "load", query: () => 1, max: 2 })] });

describe("a cluster", () => {
  it("is refused files without an image", () => {
    expect(issuesOfFiles(shop)).toEqual(["a cluster runs an image, and this service has none"]);
  });

  it("is refused an app that would be called what no Service can be", () => {
    const named = kubernetes({ cluster, name: "My_Prod.1" });
    expect(messages([named, image()])).toEqual(['"My_Prod.1" cannot be the name of an app in a cluster']);
    expect(messages([named, service({ name: "web", image: "web:1" })])).toEqual([]);
    expect(messages([named, helm({ chart: "./chart", release: "web" })])).toEqual([]);
  });

  it("is refused metrics of requests where nothing counts them", () => {
    const [issue, ...others] = issuesOf([shop, image(), counting]);
    expect(others).toEqual([]);
    expect(issue).toMatchObject({
      message: 'shop counts no requests, which "errors" is made of',
      hint: expect.stringContaining("counts: prometheus") as string,
    });
    expect(messages([kubernetes({ cluster, name: "shop", counts }), image(), counting])).toEqual([]);
    expect(messages([shop, image(), asking])).toEqual([]);
  });

  it.each([
    ["manifests", manifests("k8s/*.yaml")],
    ["kustomize", kustomize("k8s")],
    ["helm", helm({ chart: "./chart" })],
  ])("is refused %s by a strategy that has two releases side by side", (_kind, app) => {
    const refused = (kind: string): string[] => [
      `${kind} needs a release that can stand beside the one before it, and what is deployed to shop replaces it`,
    ];
    expect(messages([shop, app, counting])).toEqual(refused("canary"));
    expect(messages([shop, app, blueGreen()])).toEqual(refused("blue-green"));
    expect(messages([shop, app, rolling({ batch: 1, pause: "1m" })])).toEqual([
      "rolling({ batch, pause }) cannot be had for objects that roll out by themselves",
    ]);
    expect(messages([shop, app])).toEqual([]);
  });
});

describe("this machine", () => {
  const here = local({ name: "here" });

  it("is refused what is no service made of files", () => {
    expect(messages([here, image()])).toEqual([
      "a local target runs files, and this service has only an image",
    ]);
    expect(messages([here, manifests("k8s/*.yaml")])).toEqual([
      'a local target runs a service, not an app of kind "manifests"',
    ]);
    expect(issuesOfFiles(here)).toEqual([]);
  });

  it("is refused a fresh baseline", () => {
    const fresh = canary({ ...step, analysis: [errorRate()], baseline: "fresh" });
    expect(messages([here, image(), fresh])).toContain(
      "canary with a fresh baseline needs a target that can bring one up, and here cannot",
    );
  });
});

describe("refusals", () => {
  it("are reported all at once, each with the line of its deploy and a hint", () => {
    const named = kubernetes({ cluster, name: "My_Prod.1" });
    const issues = issuesOf(
      [named, image(), counting],
      [local({ name: "here" }), image()],
      [shop, manifests("*.yaml"), blueGreen()],
    );
    expect(issues.map(({ path }) => path)).toEqual([
      'stage "to 0" > deploy "web"',
      'stage "to 0" > deploy "web"',
      'stage "to 1" > deploy "web"',
      'stage "to 2" > deploy "web"',
    ]);
    for (const issue of issues) {
      expect(issue).toMatchObject({ rule: "not-accepted", hint: expect.any(String) as string });
      expect(issue.at?.file).toMatch(/accepted\.test\.ts$/);
    }
  });

  it("leave to the run what a job will give", () => {
    const refused = (to: Target): readonly string[] => {
      try {
        compiled((p) => {
          const built = p.stage("build").job("image", sh`echo web:1`.text());
          p.stage("to").deploy("web", { to, app: service({ image: built }), strategy: rolling() });
        });
      } catch (error) {
        if (error instanceof DefinitionError) return error.issues.map(({ message }) => message);
        throw error;
      }
      return [];
    };
    expect(refused(shop)).toEqual([]);
    expect(refused(local({ name: "here" }))).toEqual([
      "a local target runs files, and this service has only an image",
    ]);
  });
});
