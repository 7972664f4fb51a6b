import type { RunStoreSource } from "../../ports/index.ts";
import { resolveOptions, type S3Options } from "./options.ts";

/**
 * Keeps runs in a bucket of an S3-compatible object storage, so that a run that was started on one machine is shown,
 * approved, resumed and rerun on another. Needs the package `@aws-sdk/client-s3` and a storage with conditional writes
 * (`If-Match` and `If-None-Match` on PUT), as Amazon S3 has them:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 *
 * Nothing is loaded or sent before a run is started or looked at.
 *
 * @throws SluiceError `USAGE` for options that make no sense
 *
 * @example
 * ```ts
 * import { pipeline, sh } from "sluice";
 * import { s3 } from "sluice/s3";
 *
 * const store = s3({ bucket: "acme-ci", prefix: "web", region: "eu-west-1" });
 * const pipe = pipeline({ name: "web", store }, (p) => {
 *   p.stage("verify").job("unit", sh`npm test`);
 * });
 * pipe.main();
 * ```
 */
export function s3(options: S3Options): RunStoreSource {
  const resolved = resolveOptions(options);
  return {
    kind: "s3",
    open: async ({ stateDir, env }) => {
      const [{ Bucket }, { clientConfig }, { localFolder }, { S3RunStore }] = await Promise.all([
        import("./bucket.ts"),
        import("./client/config.ts"),
        import("./local-folder.ts"),
        import("./run-store.ts"),
      ]);
      const { client } = options;
      const bucket = new Bucket(resolved, async () => {
        if (client !== undefined) return client;
        const { loadClient } = await import("./client/load.ts");
        return await loadClient(clientConfig(options, env));
      });
      const folder = localFolder(stateDir, options.endpoint, bucket.location);
      return new S3RunStore(bucket, { folder, lease: resolved.lease });
    },
  };
}
