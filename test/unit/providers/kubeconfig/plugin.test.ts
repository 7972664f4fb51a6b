import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { kubeconfig } from "../../../../src/providers/kubeconfig/index.ts";
import type { ClusterConnection, ClusterProvider } from "../../../../src/ports/index.ts";
import { clusterProviderSuite } from "../../../../src/testing/index.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

const V1 = "client.authentication.k8s.io/v1";
const env = { PATH: dirname(process.execPath) };

describe("a credential plugin", () => {
  let folder: string;

  beforeEach(async () => {
    folder = tempFolder();
  });

  /** Writes a plugin that runs `body`, and a kubeconfig that names it. */
  async function plugin(body: string, exec: object = {}, cluster: object = {}): Promise<ClusterProvider> {
    await writeFile(join(folder, "plugin.cjs"), body);
    const user = { exec: { apiVersion: V1, command: "node", args: [join(folder, "plugin.cjs")], ...exec } };
    await writeFile(
      join(folder, "config"),
      JSON.stringify({
        clusters: [{ name: "c", cluster: { server: "https://c:6443", ...cluster } }],
        users: [{ name: "u", user }],
        contexts: [{ name: "here", context: { cluster: "c", user: "u" } }],
        "current-context": "here",
      }),
    );
    return kubeconfig({ path: join(folder, "config") });
  }

  const connect = (
    provider: ClusterProvider,
    signal = new AbortController().signal,
  ): Promise<ClusterConnection> => provider.connect({ env, root: folder, signal, now: Date.now });

  const gives = (status: object): string =>
    `console.log(${JSON.stringify(JSON.stringify({ apiVersion: V1, kind: "ExecCredential", status }))})`;

  it("is told of the cluster only where it asks for that", async () => {
    const body = `require("node:fs").writeFileSync(${JSON.stringify(join(folder, "info"))}, process.env.KUBERNETES_EXEC_INFO);${gives({ token: "t" })}`;
    const info = async (): Promise<unknown> => JSON.parse(await readFile(join(folder, "info"), "utf8"));
    await connect(await plugin(body));
    expect(await info()).toEqual({ apiVersion: V1, kind: "ExecCredential", spec: { interactive: false } });
    const extensions = [{ name: "client.authentication.k8s.io/exec", extension: { audience: "a" } }];
    await connect(await plugin(body, { provideClusterInfo: true }, { extensions, "tls-server-name": "n" }));
    expect(await info()).toMatchObject({
      spec: { cluster: { server: "https://c:6443", "tls-server-name": "n", config: { audience: "a" } } },
    });
  });

  it("says when its token ends", async () => {
    const expirationTimestamp = "2030-01-01T00:00:00Z";
    const connection = await connect(await plugin(gives({ token: "t", expirationTimestamp })));
    expect(await connection.credentials?.()).toEqual({
      token: "t",
      expiresAt: Date.parse(expirationTimestamp),
    });
  });

  it("is missing on the PATH, with the way to install it", async () => {
    const missing = connect(
      await plugin("", { command: "no-such-plugin", installHint: "brew install no-such" }),
    );
    await expect(missing).rejects.toMatchObject({
      code: "TOOL_MISSING",
      message: expect.stringContaining("no-such-plugin, which gets credentials"),
      hint: "brew install no-such",
    });
    await expect(connect(await plugin("", { command: "./none" }))).rejects.toMatchObject({
      code: "TOOL_MISSING",
      hint: expect.stringContaining("Install"),
    });
  });

  const token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJlc2lnbmF0dXJl";

  it.each([
    ["fails", "console.error('please log in'); process.exit(3)", {}, "failed (exit code 3): please log in"],
    ["shows a token", `console.error("bad ${token}"); process.exit(1)`, {}, "bad ***"],
    ["writes no JSON", `console.log("token: ${token}")`, {}, "writes something that is not JSON"],
    ["gives nothing", gives({}), {}, "neither a token nor a certificate"],
    [
      "gives another kind",
      `console.log('{"kind":"Other","apiVersion":"${V1}"}')`,
      {},
      "gives no ExecCredential",
    ],
    ["answers in another version", gives({ token }), { apiVersion: `${V1}beta1` }, "gives no ExecCredential"],
    [
      "is too old",
      gives({ token }),
      { apiVersion: `${V1}alpha1` },
      "speaks client.authentication.k8s.io/v1alpha1",
    ],
    ["asks questions", gives({ token }), { interactiveMode: "Always" }, "wants to ask questions"],
    ["has no command", "", { command: "" }, "has no command"],
    [
      "gives a certificate that is none",
      gives({ clientCertificateData: "x", clientKeyData: "y" }),
      {},
      "is not a PEM certificate",
    ],
  ])("is told of when it %s", async (_, body, exec, says) => {
    const refused = await connect(await plugin(body, exec)).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "CLUSTER_DENIED",
      message: expect.stringContaining(says),
      hint: expect.stringMatching(/\S/),
    });
    expect(String(refused)).not.toContain(token);
  });

  describe("that takes its time", () => {
    afterEach(() => void vi.useRealTimers());

    it("is told of after 5 s, and not once it has ended", async () => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      const go = join(folder, "go");
      const provider = await plugin(
        `const fs = require("node:fs");
const look = setInterval(() => {
  if (!fs.existsSync(${JSON.stringify(go)})) return;
  clearInterval(look);
  ${gives({ token: "t" })};
}, 10);`,
      );
      const told: string[] = [];
      const { signal } = new AbortController();
      const log = (text: string): void => void told.push(text);
      const connecting = provider.connect({ env, root: folder, signal, now: Date.now, log });
      // Not by poll, which moves the played time on.
      while (vi.getTimerCount() === 0) await setImmediate();
      vi.advanceTimersByTime(4_999);
      expect(told).toEqual([]);
      vi.advanceTimersByTime(1);
      expect(told).toEqual(["waits for the credential plugin node"]);
      await writeFile(go, "");
      await connecting;
      expect(vi.getTimerCount()).toBe(0);
    });
  });

  it("is ended when the run is", async () => {
    const cancel = new AbortController();
    const started = join(folder, "started");
    const body = `require("node:fs").writeFileSync(${JSON.stringify(started)}, "");setInterval(() => {}, 1000)`;
    const refused = connect(await plugin(body), cancel.signal).catch((error: unknown) => error);
    await expect.poll(() => readFile(started, "utf8").catch(() => undefined), { timeout: 10_000 }).toBe("");
    const reason = new Error("enough");
    cancel.abort(reason);
    expect(await refused).toBe(reason);
  });

  describe("as a provider", () => {
    clusterProviderSuite({
      test,
      open: async () => {
        const own = tempFolder();
        const file = (name: string): string => JSON.stringify(join(own, name));
        await writeFile(join(own, "runs"), "");
        await writeFile(join(own, "denying"), "no");
        // An hour after another for each run: the suite's time is played.
        await writeFile(
          join(own, "plugin.cjs"),
          `const fs = require("node:fs");
fs.appendFileSync(${file("runs")}, "x");
if (fs.readFileSync(${file("denying")}, "utf8") === "yes") { console.error("not you"); process.exit(1); }
const run = fs.readFileSync(${file("runs")}, "utf8").length;
const expirationTimestamp = new Date(Date.now() + run * 3600000 * 24).toISOString();
console.log(JSON.stringify({ apiVersion: "${V1}", kind: "ExecCredential", status: { token: "secret-" + run, expirationTimestamp } }));`,
        );
        const user = { exec: { apiVersion: V1, command: "node", args: [join(own, "plugin.cjs")] } };
        await writeFile(
          join(own, "config"),
          JSON.stringify({
            clusters: [{ name: "c", cluster: { server: "https://c:6443" } }],
            users: [{ name: "u", user }],
            contexts: [{ name: "here", context: { cluster: "c", user: "u" } }],
            "current-context": "here",
          }),
        );
        const { readFileSync, writeFileSync } = await import("node:fs");
        return {
          provider: kubeconfig({ context: "here" }),
          env: { ...env, KUBECONFIG: join(own, "config") },
          requests: () => readFileSync(join(own, "runs"), "utf8").length,
          become: (mood) => writeFileSync(join(own, "denying"), mood === "denying" ? "yes" : "no"),
          secrets: ["secret-1", "secret-2"],
        };
      },
      without: {
        entry: "there is no API server; the lab has one",
        throttling: "a plugin waits by itself",
        silence: "tried above",
        absence: "a plugin is not asked where the cluster is",
      },
    });
  });
});
