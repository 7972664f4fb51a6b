// needs: control-plane, moto, certificates, lab-users
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { AksOptions } from "../../../src/providers/aks/index.ts";
import type { ClusterConnection, ClusterContext } from "../../../src/ports/index.ts";
import type { ClusterProviderRig } from "../../../src/testing/index.ts";
import type { AzureDouble } from "../../fixtures/clouds/azure.ts";
import { need } from "../lab.ts";
import { openAksRig, openAzure, setVariables } from "./providers/aks-rig.ts";
import { ConnectProxy } from "./providers/connect-proxy.ts";
import { createEksCluster, deleteEksCluster, EKS_USER, openEksRig } from "./providers/eks-rig.ts";
import { openGkeRig, RELEASER } from "./providers/gke-rig.ts";
import { certificateFor, labCertificate, labServer, whoAmI } from "./providers/lab-server.ts";

const NEEDS = ["control-plane", "moto", "certificates"];

// What is opened in a test, the last first.
let close: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const one of close.reverse()) await one();
  close = [];
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "sluice-identities-"));
  close.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function connect(rig: ClusterProviderRig, env?: ClusterContext["env"]): Promise<ClusterConnection> {
  close.push(() => rig.close?.());
  const signal = new AbortController().signal;
  const { env: own = {}, root = process.cwd() } = rig;
  return rig.provider.connect({ env: env ?? own, root, signal, now: Date.now });
}

describe.skipIf(NEEDS.some((name) => !need(name).available))("ways in to an EKS cluster", () => {
  beforeAll(createEksCluster);
  afterAll(deleteEksCluster);

  test("with the keys of a profile", async () => {
    const root = folder();
    const keys = (await openEksRig()).env ?? {};
    writeFileSync(
      join(root, "credentials"),
      `[ci]\naws_access_key_id = ${keys["AWS_ACCESS_KEY_ID"] ?? ""}\naws_secret_access_key = ${keys["AWS_SECRET_ACCESS_KEY"] ?? ""}\n`,
    );
    writeFileSync(join(root, "config"), "[profile ci]\nregion = eu-west-1\n");
    const rig = await openEksRig({ profile: "ci" });
    close.push(
      setVariables({
        AWS_SHARED_CREDENTIALS_FILE: join(root, "credentials"),
        AWS_CONFIG_FILE: join(root, "config"),
        AWS_ENDPOINT_URL: rig.aws.url,
      }),
    );
    expect(await whoAmI(await connect(rig, process.env))).toBe(EKS_USER);
  });

  test("with keys that a function gets, and a session of one's own name", async () => {
    const rig = await openEksRig();
    const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } =
      rig.env ?? {};
    let asked = 0;
    const given = await openEksRig({
      credentials: () => {
        asked += 1;
        return Promise.resolve({ accessKeyId, secretAccessKey });
      },
    });
    close.push(() => rig.close?.());
    expect(await whoAmI(await connect(given, { AWS_ENDPOINT_URL: given.aws.url }))).toBe(EKS_USER);
    expect(asked).toBe(1);
  });

  test("with a clock that is 20 minutes behind AWS's", async () => {
    const rig = await openEksRig();
    rig.aws.ahead = 20 * 60_000;
    const connection = await connect(rig);
    const { token = "", expiresAt = 0 } = (await connection.credentials?.()) ?? {};
    const url = new URL(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const [, day, time] = /^(\d{8})T(\d{6})Z$/.exec(url.searchParams.get("X-Amz-Date") ?? "") ?? [];
    const signed = Date.parse(
      `${day?.replace(/(....)(..)(..)/, "$1-$2-$3") ?? ""}T${time?.replace(/(..)(..)(..)/, "$1:$2:$3") ?? ""}Z`,
    );
    expect(Math.abs(signed - (Date.now() + rig.aws.ahead))).toBeLessThan(10_000);
    expect(Math.abs(expiresAt - (Date.now() + 14 * 60_000))).toBeLessThan(10_000);
    expect(await whoAmI(connection)).toBe(EKS_USER);
  });

  test("through a proxy that the environment names", async () => {
    const proxy = await ConnectProxy.open();
    close.push(() => proxy.close());
    const rig = await openEksRig({}, labCertificate());
    const connection = await connect(rig, { ...rig.env, HTTPS_PROXY: proxy.url });
    expect(await whoAmI(connection)).toBe(EKS_USER);
    const { host } = new URL(rig.aws.url);
    // STS to take the role on, and EKS.
    expect(proxy.opened).toEqual([host, host]);
    await connect(rig, { ...rig.env, HTTPS_PROXY: proxy.url, NO_PROXY: "localhost" });
    expect(proxy.opened).toHaveLength(2);
  });

  test("not with a token whose signature is forged", async () => {
    const rig = await openEksRig();
    const connection = await connect(rig);
    const { token = "" } = (await connection.credentials?.()) ?? {};
    const [prefix = "", text = ""] = token.split(".").slice(-2);
    const forged = Buffer.from(text, "base64url")
      .toString("utf8")
      .replace(/Signature=..../, "Signature=0000");
    const credentials = (): Promise<{ token: string }> =>
      Promise.resolve({ token: `k8s-aws-v1.${Buffer.from(forged).toString("base64url")}` });
    expect(prefix).toBe("k8s-aws-v1");
    await expect(whoAmI({ ...connection, credentials })).rejects.toThrow("401");
  });
});

describe.skipIf(NEEDS.some((name) => !need(name).available))("ways in to an AKS cluster", () => {
  let azure: AzureDouble;
  beforeAll(async () => {
    azure = await openAzure();
  });
  afterAll(() => azure.close());

  test.each<[string, AksOptions["credential"], (of: AzureDouble, root: string) => Record<string, string>]>([
    ["the default chain, from the environment", "default", (of) => ({ ...of.env })],
    [
      "a federated token of a workload",
      "workload-identity",
      (of, root) => {
        writeFileSync(join(root, "token"), of.assertion);
        const { AZURE_CLIENT_SECRET: _, ...env } = of.env;
        return { ...env, AZURE_FEDERATED_TOKEN_FILE: join(root, "token") };
      },
    ],
    [
      "the machine's identity",
      "managed-identity",
      (of) => ({
        AZURE_AUTHORITY_HOST: of.url,
        IDENTITY_ENDPOINT: `${of.url}/msi/token`,
        IDENTITY_HEADER: of.identityHeader,
      }),
    ],
  ])("by %s", async (_name, credential, env) => {
    const rig = await openAksRig(azure, {
      options: { credential: credential ?? "default" },
      env: env(azure, folder()),
    });
    expect(await whoAmI(await connect(rig))).toBe(azure.objectId);
  });

  test("through a proxy that the environment names", async () => {
    const proxy = await ConnectProxy.open();
    close.push(() => proxy.close());
    const rig = await openAksRig(azure, { env: { ...azure.env, HTTPS_PROXY: proxy.url } });
    expect(await whoAmI(await connect(rig))).toBe(azure.objectId);
    expect(new Set(proxy.opened)).toEqual(new Set([new URL(azure.url).host]));
  });

  test("not by an application whose secret is wrong", async () => {
    const env = { ...azure.env, AZURE_CLIENT_SECRET: "not-the-secret" };
    const rig = await openAksRig(azure, { env });
    await expect(connect(rig)).rejects.toMatchObject({
      code: "CLUSTER_DENIED",
      message: expect.stringContaining("AADSTS7000215") as string,
    });
  });

  test("by the keys of a cluster with local accounts", async () => {
    const config = JSON.parse(readFileSync(process.env["KUBECONFIG"] ?? "", "utf8")) as {
      users: [{ user: Record<string, unknown> }];
    };
    const local = await openAzure(config.users[0].user);
    close.push(() => local.close());
    const rig = await openAksRig(local);
    expect(await whoAmI(await connect(rig))).toBe("lab-admin");
  });
});

describe.skipIf(NEEDS.some((name) => !need(name).available))("ways in to a GKE cluster", () => {
  test("by a federated token that acts as a service account", async () => {
    const rig = await openGkeRig();
    expect(await whoAmI(await connect(rig))).toBe(rig.google.account);
  });

  test("by acting as another service account", async () => {
    expect(await whoAmI(await connect(await openGkeRig({ impersonate: RELEASER })))).toBe(RELEASER);
  });

  test("by the machine's service account, asked of its metadata server", async () => {
    const rig = await openGkeRig({ keyFile: null });
    const { host, machine } = rig.google;
    close.push(
      setVariables({
        GCE_METADATA_HOST: host,
        METADATA_SERVER_DETECTION: "assume-present",
        // No file of credentials is found there.
        HOME: folder(),
      }),
    );
    expect(await whoAmI(await connect(rig))).toBe(machine);
  });

  test("through a proxy that the environment names, at Google's own address", async () => {
    const api = "container.googleapis.com";
    const rig = await openGkeRig({}, await certificateFor(["localhost", api], folder()));
    const { host } = new URL(rig.google.url);
    const proxy = await ConnectProxy.open({ [`${api}:443`]: host });
    close.push(() => proxy.close());
    // Google's library reads the process's own variables.
    close.push(setVariables({ HTTPS_PROXY: proxy.url, NO_PROXY: "" }));
    const { server } = await connect(rig, {});
    expect(server).toBe(labServer().server);
    expect(new Set(proxy.opened)).toEqual(new Set([host, `${api}:443`]));
  });

  test("not with a federated token that Google does not take", async () => {
    const rig = await openGkeRig();
    writeFileSync(join(rig.root ?? "", "subject"), "of another workload");
    await expect(connect(rig)).rejects.toMatchObject({
      code: "CLUSTER_DENIED",
      message: expect.stringContaining("not valid") as string,
    });
  });
});
