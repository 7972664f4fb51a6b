/**
 * What a lab suite can need besides Node and git: something of the table below, or a part of the lab (`parts/`). A suite
 * names its needs in a line of its own, `// needs: registry`; `run.mjs` brings up those of the suites that are asked for
 * and takes them down again.
 *
 * Each need resolves to `{ env, stop }` (both may be absent) once it is usable, and rejects with the reason where it
 * cannot be had on this machine: then the tests that rest on it are skipped, and the reason is printed.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { PARTS } from "./parts/index.mjs";
import { goProgram } from "./tool/go.mjs";
import { npmPackage } from "./tool/npm-package.mjs";
import { bringUp, takeDown } from "./tool/parts.mjs";
import { runProgram } from "./tool/run.mjs";

const NEEDS = {
  /** The package registry, as the user's npm is set up to reach it. */
  registry: async () => {
    const { code, output } = await npm(["ping", "--fetch-retries=0", "--fetch-timeout=15000"]);
    if (code !== 0)
      throw new Error(`npm cannot reach its registry: ${output.trim().split("\n").at(-1) ?? ""}`);
    return {};
  },
  /** A program that says what kubectl's own code says of an object. */
  kubectl: async () => ({
    env: { SLUICE_KUBECTL_VERDICTS: await goProgram("kubectl-verdicts") },
  }),
  /** kubectl itself. */
  "kubectl-cli": async () => ({
    env: { SLUICE_KUBECTL: await goProgram("kubectl", (text) => console.log(`lab: ${text}`)) },
  }),
  /** A server of the Turborepo remote-cache protocol; suites start it themselves. */
  "turborepo-server": async () => {
    const modules = await npmPackage("turborepo-remote-cache", "2.12.0");
    return { env: { SLUICE_TURBOREPO_SERVER: join(modules, "turborepo-remote-cache", "dist", "cli.js") } };
  },
  /** Turborepo itself. */
  turbo: async () => ({
    env: { SLUICE_TURBO: join(await npmPackage("turbo", "2.11.11"), "turbo", "bin", "turbo") },
  }),
  /** Python 3 with what makes virtual environments. */
  python: async () => {
    await runProgram("python3", ["-c", "import ensurepip, venv, zipfile"]);
    return {};
  },
  /** Users whom only the lab's own API server knows: its administrator, and those with tokens of clouds. */
  "lab-users": async () => ({}),
  /** Makes certificates. */
  openssl: async () => {
    await runProgram("openssl", ["version"]);
    return {};
  },
};

export function isKnown(need) {
  return Object.hasOwn(NEEDS, need) || Object.hasOwn(PARTS, need);
}

/** Brings up a need. A part that was up before is used, and left up. */
export async function bring(need) {
  if (Object.hasOwn(NEEDS, need)) return await NEEDS[need]();
  const { env, fresh } = await bringUp(need, (text) => console.log(`lab: ${text}`));
  return {
    env,
    stop: async () => {
      for (const part of [...fresh].reverse()) await takeDown(part);
    },
  };
}

function npm(args) {
  return new Promise((resolve, reject) => {
    const child = spawn("npm", args, {
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += String(chunk)));
    child.stderr.on("data", (chunk) => (output += String(chunk)));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}
