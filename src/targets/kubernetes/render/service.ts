import type { ResolvedApp } from "../../../ports/index.ts";
import { canonicalJson, sha256 } from "../../../util/canonical-json.ts";
import { configFiles, secretObject, serviceAccount } from "./configuration.ts";
import { renderJob } from "./jobs.ts";
import { readService } from "./reading.ts";
import type { JobSettings } from "./reading-cluster.ts";
import { stableObjects } from "./stable-objects.ts";
import type { AppIdentity, RenderedService, RenderOptions } from "./types.ts";
import { deployment, type WorkloadParts } from "./workload.ts";

/** The port of every Service. */
const PORT = 80;

/**
 * A `service()` as objects of a cluster. The same app, identity and salt give the same bytes.
 *
 * @throws SluiceError `DEFINITION_INVALID` for an app that a cluster cannot run, `SECRET_MISSING`
 */
export function renderService(
  resolved: ResolvedApp,
  identity: AppIdentity,
  { salt }: RenderOptions,
): RenderedService {
  const app = readService(resolved);
  const secretOf = (base: string, names: Readonly<Record<string, string>>): ReturnType<typeof secretObject> =>
    secretObject(base, names, resolved.secrets, identity, salt);
  const config = configFiles(app, identity);
  const secret = secretOf(identity.name, app.secrets);
  const own = serviceAccount(app, identity);
  const account = "existing" in app.account ? app.account.existing : identity.name;
  const parts: WorkloadParts = {
    app,
    identity,
    account,
    secret,
    config: config === undefined ? undefined : { name: config.object.metadata.name, files: config.files },
  };
  const jobs = (list: readonly JobSettings[]): readonly ReturnType<typeof jobOf>[] => list.map(jobOf);
  const jobOf = (job: JobSettings) => {
    const held = secretOf(`${identity.name}-${job.name}`, job.secrets);
    return { held, rendered: renderJob(job, { app, identity, account, secret: held }) };
  };
  const [before, after] = [jobs(app.hooks.before), jobs(app.hooks.after)];
  const configuration = [
    own,
    config?.object,
    secret,
    ...[...before, ...after].map(({ held }) => held),
  ].filter((object) => object !== undefined);
  // The Service is the router's; of what is in it, only this is the release's own.
  const service = app.patch.service === undefined ? {} : { service: app.patch.service };
  const hooks = [before, after].map((list) => list.map(({ rendered }) => rendered));
  return {
    identity,
    digest: sha256(
      canonicalJson({
        workload: deployment(parts, 0, 0),
        // The values of secrets are in it only by the names of the Secrets.
        configuration: configuration.map((object) => ({
          ...object,
          data: object.kind === "Secret" ? null : object["data"],
        })),
        stable: stableObjects({ ...app, replicas: 2 }, identity, identity.name),
        hooks,
        ...service,
      }),
    ),
    replicas: app.replicas,
    port: PORT,
    ...service,
    startup: app.health.deadline,
    configuration,
    stableObjects: (workload) => stableObjects(app, identity, workload),
    workload: (revision, replicas) => deployment(parts, revision, replicas),
    before: hooks[0] ?? [],
    after: hooks[1] ?? [],
  };
}
