import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BINARIES } from "../tool/cache.mjs";
import { freePorts } from "../tool/ports.mjs";
import { startServer, untilReady } from "../tool/processes.mjs";
import { runProgram } from "../tool/run.mjs";

const about = "the AWS APIs of EKS, ECR, STS, Secrets Manager and S3, by moto";
const needs = [];

export default { about, needs, start };

const VERSION = "5.2.5";

async function start({ folder, own, log }) {
  const venv = await install(log);
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer(
    join(venv, "bin", "moto_server"),
    ["-H", "127.0.0.1", "-p", String(port)],
    {
      log: join(folder, "moto.log"),
    },
  );
  own(server);
  await untilReady("moto", [server], async () => (await fetch(`${url}/moto-api/data.json`)).ok);
  return { env: { SLUICE_MOTO: url }, facts: { url } };
}

/** A Python environment knows its own path, so it is made where it stays. */
async function install(log) {
  const venv = join(BINARIES, `moto-${VERSION}`);
  const done = join(venv, "done");
  if (existsSync(done)) return venv;
  log(`installing moto ${VERSION}`);
  await rm(venv, { recursive: true, force: true });
  await mkdir(dirname(venv), { recursive: true });
  await runProgram("python3", ["-m", "venv", venv]);
  await runProgram(join(venv, "bin", "pip"), [
    "install",
    "--quiet",
    "--disable-pip-version-check",
    `moto[server]==${VERSION}`,
  ]);
  await mkdir(`${done}.draft`);
  await rename(`${done}.draft`, done);
  return venv;
}
