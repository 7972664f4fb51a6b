import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SluiceError } from "../../../errors/index.ts";
import type { ClusterConnection } from "../../../ports/index.ts";
import { CALL_BACK, serveCredentials } from "./credentials-socket.ts";

const EXTRA = "impersonate-extra-";

/** A kubeconfig for a program that we start. It holds no credentials: the program asks this process for them. */
export interface ChildKubeconfig {
  readonly path: string;
  /** Removes it, and answers no more. */
  dispose(): Promise<void>;
}

/**
 * Makes a kubeconfig whose user is an exec plugin that calls back by a socket in a folder that only this user can open.
 * So a token is never on disk and never older than it may be, however long the program runs.
 *
 * Source: Kubernetes, client authentication API, client.authentication.k8s.io/v1.
 */
export async function childKubeconfig(
  connection: ClusterConnection,
  namespace: string,
  now: () => number = Date.now,
): Promise<ChildKubeconfig> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-"));
  const socket =
    process.platform === "win32"
      ? `\\\\.\\pipe\\${folder.split("\\").at(-1) ?? "sluice"}`
      : join(folder, "s");
  let stop: () => Promise<void> = () => Promise.resolve();
  try {
    if (connection.credentials !== undefined) stop = await serveCredentials(connection, socket, now);
    const path = join(folder, "kubeconfig");
    await writeFile(path, JSON.stringify(kubeconfig(connection, namespace, socket)), { mode: 0o600 });
    return {
      path,
      dispose: async () => {
        await stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await stop();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function kubeconfig(connection: ClusterConnection, namespace: string, socket: string): object {
  const { server, ca, serverName, insecure, proxy } = connection;
  const cluster = {
    server,
    ...(ca === undefined ? {} : { "certificate-authority-data": Buffer.from(ca).toString("base64") }),
    ...(serverName === undefined ? {} : { "tls-server-name": serverName }),
    ...(insecure === true ? { "insecure-skip-tls-verify": true } : {}),
    ...(proxy === undefined ? {} : { "proxy-url": proxy }),
  };
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: process.execPath,
    args: ["-e", CALL_BACK, socket],
    // What is preloaded into this process is none of the plugin's business.
    env: [{ name: "NODE_OPTIONS", value: "" }],
    interactiveMode: "Never",
  };
  const user = {
    ...(connection.credentials === undefined ? {} : { exec }),
    ...impersonation(connection.headers ?? {}),
  };
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "sluice", cluster }],
    users: [{ name: "sluice", user }],
    contexts: [{ name: "sluice", context: { cluster: "sluice", user: "sluice", namespace } }],
    "current-context": "sluice",
  };
}

function impersonation(headers: NonNullable<ClusterConnection["headers"]>): object {
  const fields: Record<string, unknown> = {};
  const extra: Record<string, readonly string[]> = {};
  for (const [header, value] of Object.entries(headers)) {
    const values = typeof value === "string" ? [value] : value;
    const name = header.toLowerCase();
    if (name === "impersonate-user") fields["as"] = values[0];
    else if (name === "impersonate-uid") fields["as-uid"] = values[0];
    else if (name === "impersonate-group") fields["as-groups"] = values;
    else if (name.startsWith(EXTRA)) extra[decodeURIComponent(name.slice(EXTRA.length))] = values;
    else {
      throw new SluiceError(
        "CLUSTER_DENIED",
        `the connection sends a header ${header}, which a kubeconfig cannot hold`,
        { hint: "Use another way into the cluster for programs such as helm." },
      );
    }
  }
  return { ...fields, ...(Object.keys(extra).length === 0 ? {} : { "as-user-extra": extra }) };
}
