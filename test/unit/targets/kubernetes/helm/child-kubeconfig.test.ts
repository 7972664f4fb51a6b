import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import type { ClusterConnection, ClusterCredentials } from "../../../../../src/ports/index.ts";
import {
  childKubeconfig,
  type ChildKubeconfig,
} from "../../../../../src/targets/kubernetes/helm/child-kubeconfig.ts";

interface Config {
  readonly clusters: readonly [{ readonly cluster: object }];
  readonly users: readonly [
    { readonly user: { readonly exec?: { readonly command: string; readonly args: readonly string[] } } },
  ];
}

const run = promisify(execFile);
const SERVER = { server: "https://127.0.0.1:6443" };
let made: ChildKubeconfig | undefined;

afterEach(async () => {
  await made?.dispose();
  made = undefined;
});

async function make(connection: ClusterConnection, now = 0): Promise<Config> {
  made = await childKubeconfig(connection, "prod", () => now);
  return JSON.parse(await readFile(made.path, "utf8")) as Config;
}

/** Runs the plugin as a program would. */
async function plugin(config: Config): Promise<unknown> {
  const { command = "", args = [] } = config.users[0].user.exec ?? {};
  const { stdout } = await run(command, [...args], { env: {} });
  return JSON.parse(stdout);
}

/** Asks as the plugin of a certain process does. */
async function ask(process: number): Promise<unknown> {
  const socket = connect(join(dirname(made?.path ?? ""), "s"));
  socket.write(`${process}\n`);
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return JSON.parse(text);
}

describe("a kubeconfig for a child", () => {
  it("holds no credentials, and nobody else can read it", async () => {
    const config = await make({ ...SERVER, credentials: () => Promise.resolve({ token: "secret-token" }) });
    expect(JSON.stringify(config)).not.toContain("secret-token");
    const path = made?.path ?? "";
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
    await made?.dispose();
    expect(existsSync(dirname(path))).toBe(false);
  });

  it.each<[ClusterCredentials, object]>([
    [
      { token: "t", expiresAt: 1_700_000_000_000 },
      { token: "t", expirationTimestamp: "2023-11-14T22:13:20.000Z" },
    ],
    [{ certificate: { cert: "C", key: "K" } }, { clientCertificateData: "C", clientKeyData: "K" }],
    [{}, {}],
  ])("has a plugin that gives %o", async (credentials, status) => {
    const config = await make({ ...SERVER, credentials: () => Promise.resolve(credentials) });
    expect(await plugin(config)).toEqual({
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status,
    });
  });

  it("tells the child why there are none, and when there is nobody left to ask", async () => {
    const config = await make({
      ...SERVER,
      credentials: () => Promise.reject(new Error("the role is gone")),
    });
    await expect(plugin(config)).rejects.toMatchObject({ code: 1, stderr: "the role is gone\n" });
    await made?.dispose();
    await expect(plugin(config)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("sluice does not answer") as string,
    });
  });

  it("asks for fresh ones where one process comes again before they have ended", async () => {
    const asked: (boolean | undefined)[] = [];
    let expiresAt: number | undefined = 1_000;
    await make(
      {
        ...SERVER,
        credentials: ({ fresh } = {}) => {
          asked.push(fresh);
          return Promise.resolve({ token: "t", ...(expiresAt === undefined ? {} : { expiresAt }) });
        },
      },
      500,
    );
    await ask(1);
    await ask(2);
    expect(asked).toEqual([undefined, undefined]);
    await ask(1);
    expect(asked.at(-1)).toBe(true);
    expiresAt = 400;
    await ask(3);
    await ask(3);
    expect(asked.slice(3)).toEqual([undefined, undefined]);
    expiresAt = undefined;
    await ask(4);
    await ask(4);
    expect(asked.slice(5)).toEqual([undefined, true]);
  });

  it("says of the cluster what the connection says", async () => {
    const config = await make({
      ...SERVER,
      ca: "PEM",
      serverName: "api.internal",
      insecure: true,
      proxy: "http://proxy:3128",
      headers: {
        "Impersonate-User": "jane",
        "Impersonate-Group": ["dev", "ops"],
        "Impersonate-Extra-scopes": "view",
      },
    });
    expect(config).toMatchObject({
      "current-context": "sluice",
      contexts: [{ context: { namespace: "prod" } }],
      clusters: [
        {
          cluster: {
            server: SERVER.server,
            "certificate-authority-data": "UEVN",
            "tls-server-name": "api.internal",
            "insecure-skip-tls-verify": true,
            "proxy-url": "http://proxy:3128",
          },
        },
      ],
    });
    expect(config.users[0].user).toEqual({
      as: "jane",
      "as-groups": ["dev", "ops"],
      "as-user-extra": { scopes: ["view"] },
    });
  });

  it("refuses a connection that a kubeconfig cannot hold, and leaves nothing", async () => {
    const connection = { ...SERVER, headers: { "X-Tenant": "a" } };
    await expect(childKubeconfig(connection, "prod")).rejects.toThrow("sends a header X-Tenant");
  });
});
