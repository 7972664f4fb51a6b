import { goInstall } from "../tool/go.mjs";

const about = "kustomize, the program";
const needs = [];

export default { about, needs, start };

/** A program and no server: it is there once it is built. */
async function start({ log }) {
  return { env: { SLUICE_KUSTOMIZE: await goInstall("sigs.k8s.io/kustomize/kustomize/v5", "v5.8.2", log) } };
}
