import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { goProgram } from "../tool/go.mjs";
import { kubeconfigText } from "../tool/kubeconfig.mjs";
import { freePorts } from "../tool/ports.mjs";
import { startServer, untilReady } from "../tool/processes.mjs";

const about = "Kubernetes 1.34: API server, controllers and scheduler; without nodes (see kwok)";
const needs = ["etcd", "token-webhook"];

export default { about, needs, start };

const USERS = {
  admin: ["lab-admin", "system:masters"],
  controllers: ["system:kube-controller-manager", "system:masters"],
  scheduler: ["system:kube-scheduler", "system:masters"],
};

async function start({ folder, others, own, log }) {
  const binary = await goProgram("control-plane", log);
  const [port, controllersPort, schedulerPort] = await freePorts(3);
  const url = `https://127.0.0.1:${port}`;
  const certificates = join(folder, "certificates");
  await mkdir(certificates, { recursive: true, mode: 0o700 });
  const keys = await writeKeys(folder);
  const tokens = Object.fromEntries(
    Object.keys(USERS).map((user) => [user, randomBytes(24).toString("hex")]),
  );
  const tokenFile = join(folder, "tokens.csv");
  const lines = Object.entries(USERS).map(
    ([user, [name, group]]) => `${tokens[user]},${name},${user},"${group}"`,
  );
  await writeFile(tokenFile, `${lines.join("\n")}\n`, { mode: 0o600 });

  const apiServer = await startServer(
    binary,
    [
      "apiserver",
      ...["--etcd-servers", others.etcd.facts.url, "--etcd-prefix", `/lab-${randomBytes(4).toString("hex")}`],
      ...["--bind-address", "127.0.0.1", "--secure-port", String(port), "--cert-dir", certificates],
      ...["--service-cluster-ip-range", "10.96.0.0/16", "--authorization-mode", "Node,RBAC"],
      ...["--token-auth-file", tokenFile, "--service-account-issuer", "https://kubernetes.default.svc"],
      ...["--service-account-key-file", keys.public, "--service-account-signing-key-file", keys.private],
      // No name server of this machine knows the names of the lab's nodes.
      ...["--kubelet-preferred-address-types", "InternalIP"],
      ...webhookFlags(others["token-webhook"]),
    ],
    { log: join(folder, "apiserver.log") },
  );
  own(apiServer);
  await untilReady("the API server", [apiServer], () => isReady(url, tokens.admin));
  // It signs its own certificate, which then is the authority.
  const authority = await readFile(join(certificates, "apiserver.crt"), "utf8");
  const configs = {};
  for (const user of Object.keys(USERS)) {
    configs[user] = join(folder, `${user}.kubeconfig`);
    await writeFile(configs[user], kubeconfigText({ url, authority, token: tokens[user] }), { mode: 0o600 });
  }
  const authorityFile = join(certificates, "apiserver.crt");
  const controllers = await startServer(
    binary,
    [
      "controllers",
      ...["--kubeconfig", configs.controllers, "--leader-elect=false", "--use-service-account-credentials"],
      ...["--service-account-private-key-file", keys.private, "--root-ca-file", authorityFile],
      // Played nodes say once that they are ready. After this time they would count as gone, and their pods as not ready.
      ...["--node-monitor-grace-period", "8760h"],
      ...[
        "--bind-address",
        "127.0.0.1",
        "--secure-port",
        String(controllersPort),
        "--cert-dir",
        join(folder, "controllers"),
      ],
    ],
    { log: join(folder, "controllers.log") },
  );
  own(controllers);
  const scheduler = await startServer(
    binary,
    [
      "scheduler",
      ...["--kubeconfig", configs.scheduler, "--leader-elect=false"],
      ...[
        "--bind-address",
        "127.0.0.1",
        "--secure-port",
        String(schedulerPort),
        "--cert-dir",
        join(folder, "scheduler"),
      ],
    ],
    { log: join(folder, "scheduler.log") },
  );
  own(scheduler);
  const servers = [apiServer, controllers, scheduler];
  // The service account of a namespace is the last thing that its first pod waits for.
  const account = `${url}/api/v1/namespaces/default/serviceaccounts/default`;
  await untilReady("the default service account", servers, () => isThere(account, tokens.admin));
  return {
    env: { KUBECONFIG: configs.admin },
    facts: { url, authority, token: tokens.admin, kubeconfig: configs.admin },
  };
}

/** Tokens that the API server does not know itself are those of clouds. A refusal is not remembered. */
function webhookFlags(webhook) {
  if (webhook === undefined) return [];
  return [
    ...["--authentication-token-webhook-config-file", webhook.facts.config],
    ...["--authentication-token-webhook-version", "v1", "--authentication-token-webhook-cache-ttl", "0s"],
  ];
}

async function writeKeys(folder) {
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const files = { public: join(folder, "accounts.pub"), private: join(folder, "accounts.key") };
  await writeFile(files.public, pair.publicKey);
  await writeFile(files.private, pair.privateKey, { mode: 0o600 });
  return files;
}

const isReady = (url, token) => isThere(`${url}/readyz`, token);

/** The certificate is not known before the server has made it, and nothing but our own token is sent. */
function isThere(url, token) {
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      { rejectUnauthorized: false, headers: { Authorization: `Bearer ${token}` } },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      },
    );
    asked.on("error", reject);
    asked.end();
  });
}
