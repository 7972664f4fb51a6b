import { SluiceError } from "../../errors/index.ts";
import { parseDuration, type Duration } from "../../util/duration.ts";
import type { S3Api } from "./client/api.ts";

/** Keys of one's own; where none are given, the SDK finds them as everywhere else (environment, profiles, roles). */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Where runs are kept in object storage, and how it is reached. */
export interface S3Options {
  /** Must exist. */
  readonly bucket: string;
  /** What all keys begin with, for example `ci/web`. Pipelines with the same one share their runs. @defaultValue none */
  readonly prefix?: string;
  /** @defaultValue as the SDK finds it (`AWS_REGION`, the profile); `us-east-1` where an `endpoint` is given */
  readonly region?: string;
  /** Address of a server that is not Amazon's, for example `https://minio.example.com`. @defaultValue Amazon's */
  readonly endpoint?: string;
  /** Whether the bucket stands in the path and not in the host name. Most servers of one's own need it. @defaultValue false */
  readonly forcePathStyle?: boolean;
  /** @defaultValue the SDK's own chain: environment, profiles, web identity, the machine's role */
  readonly credentials?: S3Credentials | (() => Promise<S3Credentials>);
  /**
   * How long a machine that is gone keeps its runs, at least 3 seconds. A third of it passes between two signs of life.
   * @defaultValue `"30s"`
   */
  readonly lease?: Duration;
  /** A client to use, `new S3({...})` of `@aws-sdk/client-s3`; then the options that say how to reach it count for nothing. */
  readonly client?: S3Api;
}

export interface ResolvedS3Options {
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  /** Milliseconds. */
  readonly lease: number;
}

const SHORTEST_LEASE = 3_000;

/** @throws SluiceError `USAGE` */
export function resolveOptions(options: S3Options): ResolvedS3Options {
  const { bucket } = options;
  if (typeof bucket !== "string" || bucket === "" || bucket.includes("/")) {
    throw new SluiceError("USAGE", `s3({ bucket: ${JSON.stringify(bucket)} }) names no bucket`, {
      hint: "Give its name alone; what comes before the keys is the prefix.",
    });
  }
  const parts = (options.prefix ?? "").split("/").filter((part) => part !== "");
  if (parts.some((part) => part === "." || part === "..")) {
    throw new SluiceError(
      "USAGE",
      `s3({ prefix: ${JSON.stringify(options.prefix)} }) has a part that is . or ..`,
    );
  }
  const lease = parseDuration(options.lease ?? "30s");
  if (lease === undefined || lease < SHORTEST_LEASE) {
    throw new SluiceError(
      "USAGE",
      `s3({ lease: ${JSON.stringify(options.lease)} }) is no time of at least 3 seconds`,
    );
  }
  return { bucket, prefix: parts.map((part) => `${part}/`).join(""), lease };
}
