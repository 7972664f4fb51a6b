import { goInstall } from "../tool/go.mjs";

const about = "Helm 3, the program";
const needs = [];

export default { about, needs, start };

/** A program and no server: it is there once it is built. */
async function start({ log }) {
  return { env: { SLUICE_HELM3: await goInstall("helm.sh/helm/v3/cmd/helm", "v3.22.0", log) } };
}
