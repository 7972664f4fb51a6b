import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import {
  kubeconfig,
  kubeconfigWith,
  type KubeconfigOptions,
} from "../../../../src/providers/kubeconfig/kubeconfig.ts";
import type { KubeconfigLibrary } from "../../../../src/providers/kubeconfig/library.ts";
import type { ClusterConnection } from "../../../../src/ports/index.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

const DATA = "-----BEGIN CERTIFICATE-----\nDATA\n-----END CERTIFICATE-----\n";

describe("kubeconfig", () => {
  let folder: string;

  beforeEach(async () => {
    folder = tempFolder();
  });

  const write = async (name: string, content: unknown): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  };

  /** Of one context, `here`. */
  const config = (cluster: object, user: object, context: object = {}): object => ({
    clusters: [{ name: "c", cluster: { server: "https://c:6443", ...cluster } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "here", context: { cluster: "c", user: "u", ...context } }],
    "current-context": "here",
  });

  const connect = (
    options: KubeconfigOptions = { path: "config" },
    env: Record<string, string> = {},
    library?: KubeconfigLibrary,
  ): Promise<ClusterConnection> => {
    const { signal } = new AbortController();
    const provider =
      library === undefined ? kubeconfig(options) : kubeconfigWith(() => Promise.resolve(library), options);
    return provider.connect({ env: { HOME: folder, ...env }, root: folder, signal, now: Date.now });
  };

  it("shows what it was given, and reads nothing", () => {
    const provider = kubeconfig({ path: "no/such", context: "staging", namespace: "shop" });
    expect(provider.spec).toEqual({ path: "no/such", context: "staging", namespace: "shop" });
    expect(provider.describe()).toBe('context "staging" of the kubeconfig no/such');
    expect(kubeconfig().describe()).toBe("the current context of the kubeconfig");
  });

  it("tells all that is wrong with its options at once", () => {
    expect(() => kubeconfig({ context: "", namespace: "No", file: "x" } as never)).toThrow(
      expect.objectContaining({
        code: "DEFINITION_INVALID",
        message: expect.stringMatching(
          /^kubeconfig\(\): context must .*; namespace must .*; there is no option file, only path, context, namespace$/,
        ),
      }),
    );
  });

  it("reads how the server is reached", async () => {
    await write("ca.pem", "PEM");
    await write(
      "config",
      config(
        {
          server: "https://c:6443/",
          "certificate-authority": "ca.pem",
          "tls-server-name": "other",
          "proxy-url": "http://p",
        },
        { token: "t" },
        { namespace: "shop" },
      ),
    );
    expect(await connect()).toMatchObject({
      server: "https://c:6443",
      ca: "PEM",
      serverName: "other",
      proxy: "http://p",
      namespace: "shop",
    });
    expect((await connect({ path: "config", namespace: "mine" })).namespace).toBe("mine");
    await write(
      "config",
      config({ "certificate-authority": "ca.pem", "certificate-authority-data": base64(DATA) }, {}),
    );
    const within = await connect();
    expect(within.ca).toBe(DATA);
    expect(within.credentials).toBeUndefined();
    await write(
      "config",
      config({ "insecure-skip-tls-verify": true, "certificate-authority-data": base64(DATA) }, {}),
    );
    const trusting = await connect();
    expect(trusting.insecure).toBe(true);
    expect(trusting.ca).toBeUndefined();
  });

  it("lets a token's file win over a token, and reads it beside the kubeconfig", async () => {
    await mkdir(join(folder, "deep"));
    await write("deep/token", "from-file\n");
    await write("deep/config", config({}, { token: "t", tokenFile: "token" }));
    const connection = await connect({ path: "deep/config" });
    expect(await connection.credentials?.()).toEqual({ token: "from-file" });
    await write("config", config({}, { token: "t" }));
    expect(await (await connect()).credentials?.()).toEqual({ token: "t" });
  });

  it("turns impersonation into headers", async () => {
    const user = {
      as: "jane",
      "as-uid": "7",
      "as-groups": ["a", "b"],
      "as-user-extra": { "Acme/Team": ["web"] },
    };
    await write("config", config({}, user));
    expect((await connect()).headers).toEqual({
      "Impersonate-User": "jane",
      "Impersonate-Uid": "7",
      "Impersonate-Group": ["a", "b"],
      "Impersonate-Extra-acme%2Fteam": ["web"],
    });
  });

  it("merges the files of KUBECONFIG, the first of a name first, and passes over those that are not there", async () => {
    const one = await write("one", {
      clusters: [{ name: "c", cluster: { server: "https://one" } }],
      contexts: [{ name: "mixed", context: { cluster: "c", user: "u2" } }],
    });
    const two = await write("two", {
      ...config({ server: "https://two" }, { token: "t2" }),
      users: [{ name: "u2", user: { token: "t2" } }],
    });
    const empty = await write("empty", "");
    const list = [join(folder, "none"), empty, one, two].join(delimiter);
    const mixed = await connect({ context: "mixed" }, { KUBECONFIG: list });
    expect(mixed.server).toBe("https://one");
    expect(await mixed.credentials?.()).toEqual({ token: "t2" });
    await expect(connect({}, { KUBECONFIG: list })).rejects.toThrow('the context "here" names the user "u"');
  });

  it("finds ~/.kube/config, and a path that begins with ~", async () => {
    await mkdir(join(folder, ".kube"));
    await write(".kube/config", config({}, { token: "home" }));
    expect(await (await connect({})).credentials?.()).toEqual({ token: "home" });
    expect(await (await connect({ path: "~/.kube/config" })).credentials?.()).toEqual({ token: "home" });
  });

  it("says where it looked when there is no kubeconfig", async () => {
    await expect(connect({})).rejects.toMatchObject({
      code: "CLUSTER_UNREACHABLE",
      message: `there is no kubeconfig: KUBECONFIG is not set, and there is no ${join(folder, ".kube", "config")}`,
    });
    await expect(connect({}, { KUBECONFIG: "a" })).rejects.toThrow(`KUBECONFIG names ${join(folder, "a")}`);
    await expect(connect({ path: "none" })).rejects.toThrow(`there is no kubeconfig ${join(folder, "none")}`);
  });

  it("lists the contexts that there are when one is missing", async () => {
    await write("config", config({}, {}));
    await expect(connect({ path: "config", context: "prod" })).rejects.toMatchObject({
      code: "CLUSTER_UNREACHABLE",
      message: expect.stringContaining('has no context "prod"'),
      hint: "There are the contexts here.",
    });
    await write("config", { ...config({}, {}), "current-context": "" });
    await expect(connect()).rejects.toMatchObject({
      message: expect.stringContaining("has no current context"),
    });
    await write("config", "{}");
    await expect(connect()).rejects.toMatchObject({
      hint: expect.stringMatching(/^It has no contexts at all: have it written by the tool/),
    });
  });

  it.each([
    [
      "a cluster that is not there",
      { contexts: [{ name: "here", context: { cluster: "x" } }], "current-context": "here" },
      'the cluster "x"',
    ],
    ["a server that is no address", { ...config({ server: "c:6443" }, {}) }, "is no address"],
    [
      "an authority that is not PEM",
      config({ "certificate-authority-data": "!!!hidden" }, {}),
      'certificate-authority-data of the cluster "c" is not a PEM certificate in base64',
    ],
    ["no YAML", "users: [{ token: hidden", "is not YAML"],
    ["another kind of file", { kind: "Deployment" }, "is not a kubeconfig"],
    ["a list", "- a", "is not a kubeconfig"],
  ])("refuses %s", async (_, content, says) => {
    await write("config", content);
    const refused = connect();
    await expect(refused).rejects.toMatchObject({
      code: "CLUSTER_UNREACHABLE",
      message: expect.stringContaining(says),
    });
    await expect(refused).rejects.not.toThrow("hidden");
  });

  it.each([
    ["a name and a password", { username: "me", password: "hidden" }, "has a name and a password"],
    ["a certificate without its key", { "client-certificate-data": base64("x") }, "no client-key is given"],
    [
      "a certificate that is none",
      { "client-certificate-data": base64("x"), "client-key-data": base64("y") },
      "is not a PEM certificate",
    ],
    ["a certificate that is not there", { "client-certificate": "c.pem", "client-key": "k.pem" }, "ENOENT"],
    ["an auth-provider that nobody knows", { "auth-provider": { name: "acme" } }, 'the auth-provider "acme"'],
    ["a token file that is not there", { tokenFile: "t" }, "ENOENT"],
  ])("refuses a user with %s", async (_, user, says) => {
    await write("config", config({}, user));
    await expect(connect()).rejects.toMatchObject({
      code: "CLUSTER_DENIED",
      message: expect.stringContaining(says),
      hint: expect.stringMatching(/\S/),
    });
    await expect(connect()).rejects.not.toThrow("hidden");
  });

  it("has the library let in users with an auth-provider", async () => {
    const expiry = new Date(Date.now() + 3_600_000).toISOString();
    const provider = { name: "gcp", config: { "access-token": "from-gcp", expiry } };
    await write("config", config({}, { "auth-provider": provider }));
    expect(await (await connect()).credentials?.()).toMatchObject({ token: "from-gcp" });
    const asked: unknown[] = [];
    const library: KubeconfigLibrary = {
      legacyToken: (user, entry) => {
        asked.push([user, entry]);
        return () => Promise.resolve(undefined);
      },
    };
    await expect(connect({ path: "config" }, {}, library)).rejects.toMatchObject({ code: "CLUSTER_DENIED" });
    expect(asked).toEqual([["u", provider]]);
  });
});
