import { join } from "node:path";
import { ask } from "../kubernetes/ask.mjs";
import { gatewayDefinitions } from "../kubernetes/gateway-api.mjs";
import { goProgram } from "../tool/go.mjs";
import { freePorts } from "../tool/ports.mjs";
import { startServer, untilReady } from "../tool/processes.mjs";

const about = "a Gateway controller, Traefik: sends requests to the pods of `cluster` as HTTPRoutes say";
const needs = ["cluster"];

export default { about, needs, start };

const API = "/apis/gateway.networking.k8s.io/v1";
const MAIN = "github.com/traefik/traefik/v3/cmd/traefik";
const NAMESPACE = "lab-gateway";
const NAME = "public";

async function start({ folder, others, own, log }) {
  const binary = await goProgram("traefik", log, {}, MAIN);
  const { facts } = others.cluster;
  await defineKinds(facts);
  const [port, apiPort] = await freePorts(2);
  const [url, api] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${apiPort}`];
  const server = await startServer(
    binary,
    [
      ...["--providers.kubernetesGateway=true", `--entryPoints.public.address=127.0.0.1:${port}`],
      ...[`--entryPoints.traefik.address=127.0.0.1:${apiPort}`, "--api.insecure=true", "--ping=true"],
      ...["--global.checkNewVersion=false", "--global.sendAnonymousUsage=false", "--log.level=INFO"],
    ],
    {
      log: join(folder, "traefik.log"),
      // Pods are asked directly, and this is no pod, wherever the lab itself may run.
      env: { KUBECONFIG: facts.kubeconfig, KUBERNETES_SERVICE_HOST: "", NO_PROXY: "*", no_proxy: "*" },
    },
  );
  own(server);
  await untilReady("Traefik", [server], async () => (await fetch(`${api}/ping`)).ok);
  await makeGateway(facts, port);
  await untilReady("the Gateway", [server], async () => {
    const { status } = await ask(facts, "GET", `${API}/namespaces/${NAMESPACE}/gateways/${NAME}`);
    return status?.conditions?.some((one) => one.type === "Programmed" && one.status === "True");
  });
  return {
    env: { SLUICE_GATEWAY: url, SLUICE_GATEWAY_API: api, SLUICE_GATEWAY_PARENT: `${NAMESPACE}/${NAME}` },
  };
}

async function defineKinds(facts) {
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const definitions = await gatewayDefinitions();
  for (const definition of definitions) await make(facts, path, definition);
  await untilReady("the Gateway API", [], async () => {
    for (const { spec } of definitions) {
      const { name } = spec.versions.find((version) => version.served);
      await ask(facts, "GET", `/apis/${spec.group}/${name}/${spec.names.plural}?limit=1`);
    }
    return true;
  });
}

/** One that is left of an earlier Traefik listens where nobody does any more. */
async function makeGateway(facts, port) {
  const path = `${API}/namespaces/${NAMESPACE}/gateways`;
  await make(facts, "/api/v1/namespaces", { kind: "Namespace", metadata: { name: NAMESPACE } });
  const controllerName = "traefik.io/gateway-controller";
  await make(facts, `${API}/gatewayclasses`, kind("GatewayClass", "traefik", { controllerName }));
  await ask(facts, "DELETE", `${path}/${NAME}`).catch(() => undefined);
  const allowedRoutes = { namespaces: { from: "All" } };
  const listeners = [{ name: "http", protocol: "HTTP", port, allowedRoutes }];
  await ask(facts, "POST", path, kind("Gateway", NAME, { gatewayClassName: "traefik", listeners }));
}

function kind(name, of, spec) {
  return { apiVersion: "gateway.networking.k8s.io/v1", kind: name, metadata: { name: of }, spec };
}

async function make(facts, path, object) {
  await ask(facts, "POST", path, object).catch((error) => {
    if (!error.message.includes(" 409 ")) throw error;
  });
}
