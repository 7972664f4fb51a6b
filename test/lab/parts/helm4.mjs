import { goInstall } from "../tool/go.mjs";

const about = "Helm 4, the program";
const needs = [];

export default { about, needs, start };

/** A program and no server: it is there once it is built. */
async function start({ log }) {
  return { env: { SLUICE_HELM4: await goInstall("helm.sh/helm/v4/cmd/helm", "v4.3.1", log) } };
}
