import { readFileSync } from "node:fs";
import { request } from "node:https";

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly "certificate-authority-data": string } },
  ];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

/** Asks the API server of the lab, by an administrator's kubeconfig; its answer must be one of 2xx. */
export function labCluster(
  kubeconfig = process.env["KUBECONFIG"],
): (method: string, path: string, body?: object) => Promise<unknown> {
  const config = JSON.parse(readFileSync(kubeconfig ?? "", "utf8")) as Kubeconfig;
  const { cluster } = config.clusters[0];
  const ca = Buffer.from(cluster["certificate-authority-data"], "base64");
  const headers = {
    Authorization: `Bearer ${config.users[0].user.token}`,
    Accept: "application/json",
    "Content-Type": "application/json",
  };
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const asked = request(`${cluster.server}${path}`, { method, headers, ca }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        answer.on("end", () => {
          const code = answer.statusCode ?? 0;
          if (code >= 200 && code < 300) resolve(JSON.parse(text));
          else reject(new Error(`${method} ${path}: ${code} ${text.slice(0, 300)}`));
        });
        answer.on("error", reject);
      });
      asked.on("error", reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
