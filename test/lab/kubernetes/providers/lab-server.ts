import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import type { ClusterConnection } from "../../../../src/ports/index.ts";
import { runCommand } from "../../run-command.ts";

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly "certificate-authority-data": string } },
  ];
}

/** The lab's API server, as a cloud would name it. */
export function labServer(): { readonly server: string; readonly ca: string } {
  const config = JSON.parse(readFileSync(process.env["KUBECONFIG"] ?? "", "utf8")) as Kubeconfig;
  const { server, "certificate-authority-data": data } = config.clusters[0].cluster;
  return { server, ca: Buffer.from(data, "base64").toString("utf8") };
}

/** A certificate for `localhost` that Node trusts here. */
export function labCertificate(): { readonly key: string; readonly cert: string } {
  const folder = process.env["SLUICE_LAB_CERTIFICATES"] ?? "";
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  return { key: read("server.key"), cert: read("server.pem") };
}

/** A certificate for other names that Node trusts here, made in `folder`. */
export async function certificateFor(
  names: readonly string[],
  folder: string,
): Promise<{ readonly key: string; readonly cert: string }> {
  const authority = process.env["SLUICE_LAB_CERTIFICATES"] ?? "";
  const file = (name: string): string => join(folder, name);
  writeFileSync(file("extensions"), `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}\n`);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const asked = ["-subj", "/CN=Sluice lab", "-keyout", file("key.pem"), "-out", file("request.pem")];
  await runCommand("openssl", ["req", ...key, ...asked]);
  const by = ["-CA", join(authority, "authority.pem"), "-CAkey", join(authority, "authority.key")];
  const made = ["-in", file("request.pem"), "-extfile", file("extensions"), "-out", file("cert.pem")];
  await runCommand("openssl", [
    "x509",
    "-req",
    ...by,
    "-set_serial",
    String(Date.now()),
    "-days",
    "2",
    ...made,
  ]);
  return { key: readFileSync(file("key.pem"), "utf8"), cert: readFileSync(file("cert.pem"), "utf8") };
}

/** Tells the lab's webhook whose tokens it takes, until the function that it gives is called. */
export async function trust(name: string, cloud: object): Promise<() => Promise<void>> {
  const url = `${process.env["SLUICE_TOKEN_WEBHOOK"] ?? ""}/trust/${name}`;
  const headers = { "x-lab-key": process.env["SLUICE_TOKEN_WEBHOOK_KEY"] ?? "" };
  const { status } = await fetch(url, { method: "PUT", headers, body: JSON.stringify(cloud) });
  if (status !== 200) throw new Error(`the token webhook answers ${status}`);
  return async () => {
    await fetch(url, { method: "DELETE", headers });
  };
}

/** Whom the API server takes us for. Rejects where it does not let us in. */
export async function whoAmI(connection: ClusterConnection): Promise<string> {
  const answer = await ask(connection, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {
    apiVersion: "authentication.k8s.io/v1",
    kind: "SelfSubjectReview",
  });
  if (answer.status !== 201) throw new Error(`the API server answers ${answer.status}`);
  const { status } = JSON.parse(answer.text) as { status: { userInfo: { username: string } } };
  return status.userInfo.username;
}

/** One request with the connection's credentials. */
export async function ask(
  connection: ClusterConnection,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; text: string }> {
  const { token, certificate } = (await connection.credentials?.()) ?? {};
  const headers = {
    "Content-Type": "application/json",
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  };
  const tls = { ca: connection.ca, ...certificate };
  return new Promise((resolve, reject) => {
    const asked = request(
      `${connection.server}${path}`,
      { method, headers, ...tls, agent: false },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.on("error", reject);
      },
    );
    asked.on("error", reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
