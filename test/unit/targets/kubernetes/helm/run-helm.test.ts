import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readChart } from "../../../../../src/targets/kubernetes/helm/read-chart.ts";
import { helmRollback } from "../../../../../src/targets/kubernetes/helm/rollback.ts";
import { helmTemplate } from "../../../../../src/targets/kubernetes/helm/template.ts";
import type { HelmChart, HelmContext } from "../../../../../src/targets/kubernetes/helm/types.ts";
import { helmUpgrade } from "../../../../../src/targets/kubernetes/helm/upgrade.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-run-helm-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

/** A program that notes how it was called, and does what is said for its first argument. */
async function program(
  version: string,
  does = 'echo \'{"version":3,"info":{"status":"deployed"}}\'',
): Promise<string> {
  const file = join(root, "helm");
  const script = `#!/bin/sh
if [ "$1" = version ]; then echo '${version}'; exit 0; fi
echo "$@" >> "${root}/called"
env >> "${root}/env"
while [ $# -gt 0 ]; do
  if [ "$1" = --values ] && [ "$2" = - ]; then cat > "${root}/values"; fi
  shift
done
${does}
`;
  await writeFile(file, script);
  await chmod(file, 0o755);
  return file;
}

function context(helm: string, more: Partial<HelmContext> = {}): HelmContext {
  return {
    root,
    env: {
      PATH: process.env["PATH"],
      HELM_KUBEAPISERVER: "https://elsewhere",
      HELM_NAMESPACE: "other",
      HELM_CACHE_HOME: "/c",
    },
    signal: new AbortController().signal,
    kubeconfig: "/k/config",
    namespace: "prod",
    program: helm,
    mask: (text) => text.replaceAll("hunter2", "***"),
    ...more,
  };
}

const chart: HelmChart = {
  release: "shop",
  chart: "./chart",
  version: "1.2.3",
  repo: "https://charts.example",
  values: { password: "hunter2" },
  timeout: 90_000,
};
const called = (): Promise<string> => readFile(join(root, "called"), "utf8");

describe("helm as a program", () => {
  it.each([
    ["v3.22.0", "--wait --atomic"],
    ["v4.3.1", "--wait=watcher --rollback-on-failure"],
    ["v4.3", "--wait=watcher --rollback-on-failure"],
  ])("of version %s is called with its own flags", async (version, flags) => {
    const helm = await program(version);
    expect(await helmUpgrade(context(helm), chart)).toEqual({ revision: 3, status: "deployed" });
    expect(await called()).toBe(
      `upgrade shop ./chart --values - --version 1.2.3 --repo https://charts.example --install --reset-values ${flags} ` +
        `--timeout 90s --output json --kubeconfig /k/config --namespace prod\n`,
    );
  });

  it("gets values by its standard input, so that they are never on a disk", async () => {
    await helmUpgrade(context(await program("v3.1.0")), chart);
    expect(JSON.parse(await readFile(join(root, "values"), "utf8"))).toEqual({ password: "hunter2" });
    expect(await called()).not.toContain("hunter2");
    expect(await readFile(join(root, "env"), "utf8")).not.toContain("hunter2");
  });

  it("may end without having read them", async () => {
    const many = { ...chart, values: { text: "x".repeat(1_000_000) } };
    const helm = join(root, "helm");
    await writeFile(helm, "#!/bin/sh\nif [ $1 = version ]; then echo v3.1.0; exit 0; fi\nexit 1\n", {
      mode: 0o755,
    });
    await expect(helmUpgrade(context(helm), many)).rejects.toMatchObject({ code: "HELM_FAILED" });
  });

  it("is not led elsewhere by the environment", async () => {
    await helmUpgrade(context(await program("v3.1.0")), chart);
    const env = await readFile(join(root, "env"), "utf8");
    expect(env).toContain("HELM_CACHE_HOME=/c");
    expect(env).not.toMatch(/HELM_KUBE|HELM_NAMESPACE/);
  });

  it("fails with what it says, masked", async () => {
    const said: string[] = [];
    const helm = await program("v3.1.0", "echo 'Error: bad value hunter2' >&2; exit 1");
    await expect(
      helmUpgrade(context(helm, { report: (text) => said.push(text) }), chart),
    ).rejects.toMatchObject({
      code: "HELM_FAILED",
      message: 'helm could not release "shop": Error: bad value ***',
    });
    expect(said.join("")).toBe("Error: bad value ***\n");
  });

  it.each(["not json", '{"version":"x","info":{"status":"deployed"}}', "{}"])(
    "fails without showing an answer that it cannot understand: %s",
    async (answer) => {
      const helm = await program("v3.1.0", `echo 'hunter2 ${answer}'`);
      await expect(helmUpgrade(context(helm), chart)).rejects.toMatchObject({
        code: "HELM_FAILED",
        message: "helm has released, but its answer cannot be understood",
      });
    },
  );

  it("goes back to a revision", async () => {
    await helmRollback(context(await program("v4.0.0")), "shop", 7, 1_500);
    expect(await called()).toBe(
      "rollback shop 7 --wait=watcher --timeout 2s --kubeconfig /k/config --namespace prod\n",
    );
  });

  it("says what is wrong with what a chart makes", async () => {
    const helm = await program("v4.0.0", "printf 'kind: Pod\\n'");
    await expect(helmTemplate(context(helm), chart, "salt")).rejects.toThrow(
      "./chart (rendered):1:1: it has no apiVersion",
    );
  });

  it("must be there, and of a version that is known", async () => {
    await expect(helmUpgrade(context(join(root, "no-helm")), chart)).rejects.toMatchObject({
      code: "TOOL_MISSING",
      message: expect.stringContaining("helm() needs the program") as string,
    });
    await expect(helmUpgrade(context(await program("v2.17.0")), chart)).rejects.toMatchObject({
      code: "HELM_FAILED",
      message: 'helm says that it is version "v2.17.0"',
    });
  });

  it("is ended when the run is", async () => {
    const ending = new AbortController();
    const helm = await program("v3.1.0", "echo started >&2; exec sleep 60");
    const report = (): void => {
      ending.abort(new Error("cancelled"));
    };
    await expect(helmUpgrade(context(helm, { signal: ending.signal, report }), chart)).rejects.toThrow(
      "cancelled",
    );
  });
});

describe("what a chart makes", () => {
  const object = (name: string, value: string, annotations = ""): string =>
    `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}${annotations} }\ndata: { value: "${value}" }\n`;
  const hook = (name: string, value: string, event = "pre-upgrade"): string =>
    object(name, value, `, annotations: { helm.sh/hook: "${event}" }`);
  const template = async (...documents: readonly string[]) => {
    await writeFile(join(root, "rendered"), documents.join(""));
    return await helmTemplate(context(await program("v4.0.0", `cat "${root}/rendered"`)), chart, "salt");
  };

  it("are its objects, and its hooks only as far as they make it another one", async () => {
    const plain = await template(object("a", "1"));
    const one = await template(object("a", "1"), hook("migrate", "1"));
    const two = await template(object("a", "1"), hook("migrate", "2"));
    expect(one.objects.map(({ metadata }) => metadata.name)).toEqual(["a"]);
    expect(new Set([plain.digest, one.digest, two.digest]).size).toBe(3);
    expect((await template(hook("migrate", "1"), object("a", "1"))).digest).toBe(one.digest);
    expect(await called()).not.toContain("--no-hooks");
  });

  it("is the same whatever its tests are", async () => {
    const plain = await template(object("a", "1"));
    expect((await template(object("a", "1"), hook("test", "1", "test"))).digest).toBe(plain.digest);
    expect((await template(object("a", "1"), hook("test", "2", "test-success"))).digest).toBe(plain.digest);
    expect((await template(object("a", "1"), hook("x", "2", "test,pre-upgrade"))).digest).not.toBe(
      plain.digest,
    );
  });

  it("may have hooks that cannot be applied, and several of one name", async () => {
    const made =
      "---\napiVersion: v1\nkind: Pod\nmetadata: { generateName: a-, annotations: { helm.sh/hook: pre-install } }\n";
    const { objects } = await template(made, hook("b", "1", "pre-install"), hook("b", "1"), object("a", "1"));
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(["a"]);
  });
});

describe("a chart as a driver gets it", () => {
  const spec = {
    chart: "./c",
    values: { a: [{ $secret: "token" }], b: 1 },
    version: null,
    repo: null,
    release: null,
    timeout: 1_000,
  };

  it("has the values of secrets in place, and the release's name", () => {
    const app = { kind: "helm", spec, secrets: { token: "hunter2" } };
    expect(readChart(app, "shop")).toEqual({ ...spec, release: "shop", values: { a: ["hunter2"], b: 1 } });
    expect(readChart({ ...app, spec: { ...spec, release: "own" } }, "shop").release).toBe("own");
  });

  it("misses a secret by name", () => {
    expect(() => readChart({ kind: "helm", spec, secrets: {} }, "shop")).toThrow(
      'secret "token" has no value here',
    );
  });
});
