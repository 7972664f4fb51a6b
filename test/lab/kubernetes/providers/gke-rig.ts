import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gke, type GkeOptions } from "../../../../src/providers/gke/index.ts";
import type { ClusterProviderRig } from "../../../../src/testing/index.ts";
import { type GkeDouble, GoogleDouble } from "../../../fixtures/clouds/google.ts";
import { labServer, trust, whoAmI } from "./lab-server.ts";

const PLACE = { project: "acme-web", location: "europe-west1", cluster: "prov-gke" };
/** A service account that no file names. */
export const RELEASER = "releaser@acme-web.iam.gserviceaccount.com";

/** `gke` with the real library, the double of Google Cloud, and a webhook that asks it about tokens. */
export async function openGkeRig(
  {
    keyFile = "federation.json",
    ...options
  }: Omit<Partial<GkeOptions>, "keyFile"> & { keyFile?: string | null } = {},
  tls?: GkeDouble["tls"],
): Promise<ClusterProviderRig & { readonly google: GoogleDouble }> {
  const { server, ca } = labServer();
  const { project, location, cluster } = { ...PLACE, ...options };
  const google = new GoogleDouble({
    project,
    location,
    name: cluster,
    endpoint: new URL(server).host,
    ca,
    ...(tls === undefined ? {} : { tls }),
  });
  await google.open();
  const root = mkdtempSync(join(tmpdir(), "sluice-gke-"));
  writeFileSync(join(root, "subject"), google.subjectToken);
  writeFileSync(join(root, "federation.json"), JSON.stringify(google.credentialFile(join(root, "subject"))));
  const groups = ["prov-deployers"];
  const users = [google.account, google.machine, RELEASER].map((name) => ({ name, groups }));
  const distrust = await trust(cluster, { kind: "google", tokeninfo: `${google.url}/tokeninfo`, users });
  return {
    google,
    provider: gke({ ...PLACE, ...(keyFile === null ? {} : { keyFile }), ...options }),
    env: {
      CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER: `${google.url}/`,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS: `${google.url}/`,
    },
    root,
    // The webhook asks the double as well.
    requests: () => google.door.requests - google.lookups,
    become: (mood) => {
      google.door.mood = mood;
    },
    secrets: [google.subjectToken],
    enter: async (connection) => {
      const who = await whoAmI(connection);
      if (who !== google.account) throw new Error(`we are taken for ${who}`);
    },
    close: async () => {
      await distrust();
      await google.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
