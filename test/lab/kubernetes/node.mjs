import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { goProgram } from "../tool/go.mjs";
import { freePorts } from "../tool/ports.mjs";
import { isRunning, startServer, stopServers, untilReady } from "../tool/processes.mjs";
import { runProgram } from "../tool/run.mjs";
import { ask } from "./ask.mjs";
import { packImages } from "./image.mjs";

const NAME = "lab-node";
const BRIDGE = "sluice-lab0";
const PODS = "10.98.0.0/24";
/** Of the bridge: pods and this machine reach it, nobody else. */
const ADDRESS = "10.98.0.1";
const PAUSE = "lab.local/pause:1";
const IMAGES = [
  { name: PAUSE, args: [] },
  { name: "lab.local/web:1", args: ["web"] },
];
const CNI = "/usr/lib/cni";

/** Starts containerd, the kubelet and kube-proxy, and waits until the node is ready. */
export async function startNode({ folder, facts, own, log }) {
  await installPackages(log);
  const binary = await goProgram("control-plane", log);
  const socket = join(folder, "containerd.sock");
  const containerd = await startServer("containerd", ["--config", await containerdConfig(folder, socket)], {
    log: join(folder, "containerd.log"),
  });
  own(containerd);
  await untilReady("containerd", [containerd], () => ctr(socket, "version"));
  const archive = await packImages({
    // Without C libraries, because the image holds nothing else.
    program: await goProgram("web", log, { CGO_ENABLED: "0" }),
    images: IMAGES,
    folder: join(folder, "image"),
  });
  await ctr(socket, "--namespace", "k8s.io", "images", "import", archive);

  // The network of pods would make it with the first of them; the kubelet listens there from the beginning.
  await runProgram("ip", ["link", "add", BRIDGE, "type", "bridge"]);
  await runProgram("ip", ["address", "add", `${ADDRESS}/24`, "dev", BRIDGE]);
  await runProgram("ip", ["link", "set", BRIDGE, "up"]);
  const [kubeletPort, healthPort, metricsPort] = await freePorts(3);
  const kubelet = await startServer(
    binary,
    [
      "kubelet",
      ...["--config", await kubeletConfig(folder, socket, kubeletPort), "--kubeconfig", facts.kubeconfig],
      ...[
        "--hostname-override",
        NAME,
        "--node-ip",
        ADDRESS,
        "--root-dir",
        join(folder, "kubelet"),
        "--cert-dir",
        join(folder, "pki"),
      ],
    ],
    { log: join(folder, "kubelet.log") },
  );
  own(kubelet);
  const proxy = await startServer(
    binary,
    ["proxy", "--config", await proxyConfig(folder, facts.kubeconfig, healthPort, metricsPort)],
    { log: join(folder, "proxy.log") },
  );
  own(proxy);
  await untilReady("the node", [containerd, proxy, kubelet], async () => {
    const node = await ask(facts, "GET", `/api/v1/nodes/${NAME}`);
    return node.status?.conditions?.some((one) => one.type === "Ready" && one.status === "True");
  });
}

/** Ends every container, and takes back what the node has changed on the machine. */
export async function clearNode(folder, servers) {
  const socket = join(folder, "containerd.sock");
  const [containerd, ...others] = ["containerd", "kubelet", "proxy"].map((part) =>
    servers.find((server) => server.log === join(folder, `${part}.log`)),
  );
  await stopServers(others.filter((server) => server !== undefined));
  if (containerd !== undefined && isRunning(containerd)) {
    const listed = await ctr(socket, "--namespace", "k8s.io", "containers", "ls", "-q").catch(() => "");
    for (const id of listed.split("\n").filter((line) => line !== "")) {
      await ctr(socket, "--namespace", "k8s.io", "tasks", "kill", "-s", "SIGKILL", "--all", id).catch(
        () => undefined,
      );
      await ctr(socket, "--namespace", "k8s.io", "tasks", "delete", "--force", id).catch(() => undefined);
      await ctr(socket, "--namespace", "k8s.io", "containers", "delete", id).catch(() => undefined);
    }
  }
  const config = join(folder, "proxy.json");
  if (existsSync(config)) {
    const binary = await goProgram("control-plane");
    await runProgram(binary, ["proxy", "--cleanup", "--config", config]).catch(() => undefined);
  }
  await runProgram("ip", ["link", "delete", BRIDGE]).catch(() => undefined);
  const mounts = (await readFile("/proc/self/mounts", "utf8"))
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "");
  for (const mount of mounts.filter((path) => path.startsWith(`${folder}/`)).reverse())
    await runProgram("umount", ["--lazy", mount]).catch(() => undefined);
}

async function installPackages(log) {
  if (process.platform !== "linux" || process.getuid?.() !== 0) throw new Error("pods need Linux and root");
  const present =
    existsSync("/usr/bin/containerd") && existsSync(join(CNI, "bridge")) && existsSync("/usr/sbin/iptables");
  if (present && existsSync("/usr/sbin/runc")) return;
  log("installing containerd, runc, CNI plugins and iptables from Debian");
  const packages = ["containerd", "runc", "containernetworking-plugins", "iptables", "conntrack", "iproute2"];
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const install = ["install", "-y", "--no-install-recommends", ...packages];
  await runProgram("apt-get", install, { env }).catch(async () => {
    await runProgram("apt-get", ["update"], { env });
    await runProgram("apt-get", install, { env });
  });
}

function ctr(socket, ...args) {
  return runProgram("ctr", ["--address", socket, ...args]);
}

async function containerdConfig(folder, socket) {
  const network = join(folder, "network");
  await mkdir(network, { recursive: true });
  const ipam = {
    type: "host-local",
    dataDir: join(folder, "addresses"),
    ranges: [[{ subnet: PODS }]],
    routes: [{ dst: "0.0.0.0/0" }],
  };
  const bridge = { type: "bridge", bridge: BRIDGE, isGateway: true, hairpinMode: true, ipam };
  const list = { cniVersion: "0.4.0", name: "lab", plugins: [bridge, { type: "loopback" }] };
  await writeFile(join(network, "10-lab.conflist"), JSON.stringify(list));
  const file = join(folder, "containerd.toml");
  await writeFile(
    file,
    `version = 2
root = "${join(folder, "containerd")}"
state = "${join(folder, "containerd-state")}"
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE}"
  # Here nobody may make a process less likely to be killed.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${CNI}"
    conf_dir = "${network}"
`,
  );
  return file;
}

async function kubeletConfig(folder, socket, port) {
  const file = join(folder, "kubelet.json");
  await writeFile(
    file,
    JSON.stringify({
      kind: "KubeletConfiguration",
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      address: ADDRESS,
      port,
      readOnlyPort: 0,
      healthzPort: 0,
      containerRuntimeEndpoint: `unix://${socket}`,
      authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
      authorization: { mode: "AlwaysAllow" },
      cgroupDriver: "cgroupfs",
      cgroupsPerQOS: false,
      enforceNodeAllocatable: [],
      failCgroupV1: false,
      failSwapOn: false,
      oomScoreAdj: 0,
      // Lets it go on where the kernel's parameters may not be changed.
      featureGates: { KubeletInUserNamespace: true },
      // A full disk of the machine is not the lab's affair.
      evictionHard: { "nodefs.available": "0%", "imagefs.available": "0%", "memory.available": "1Mi" },
    }),
  );
  return file;
}

async function proxyConfig(folder, kubeconfig, healthPort, metricsPort) {
  const file = join(folder, "proxy.json");
  await writeFile(
    file,
    JSON.stringify({
      kind: "KubeProxyConfiguration",
      apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
      mode: "iptables",
      bindAddress: "127.0.0.1",
      healthzBindAddress: `127.0.0.1:${healthPort}`,
      metricsBindAddress: `127.0.0.1:${metricsPort}`,
      hostnameOverride: NAME,
      oomScoreAdj: 0,
      clientConnection: { kubeconfig },
      clusterCIDR: PODS,
      conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
      iptables: { masqueradeAll: true, minSyncPeriod: "100ms" },
    }),
  );
  return file;
}
