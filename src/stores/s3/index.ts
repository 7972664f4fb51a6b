/**
 * Runs in a bucket, shared by several machines.
 *
 * @packageDocumentation
 */
export { s3 } from "./s3.ts";
export type { S3Credentials, S3Options } from "./options.ts";
export type {
  S3Api,
  S3Body,
  S3Deletion,
  S3Listed,
  S3Middleware,
  S3MiddlewareOptions,
  S3Object,
  S3ObjectFacts,
  S3Page,
  S3RequestOptions,
} from "./client/api.ts";
