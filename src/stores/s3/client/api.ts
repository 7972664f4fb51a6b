/**
 * The part of an S3 client that the store calls. `new S3({...})` of `@aws-sdk/client-s3` has it; nothing of that package
 * appears in a type here, so that it is needed only where it is used.
 */
export interface S3Api {
  getObject(
    input: { Bucket: string; Key: string; Range?: string },
    options?: S3RequestOptions,
  ): Promise<S3Object>;
  headObject(input: { Bucket: string; Key: string }): Promise<S3ObjectFacts>;
  putObject(
    input: {
      Bucket: string;
      Key: string;
      Body: Uint8Array;
      ContentType?: string;
      ChecksumSHA256?: string;
      IfMatch?: string;
      IfNoneMatch?: string;
    },
    options?: S3RequestOptions,
  ): Promise<{ readonly ETag?: string | undefined }>;
  copyObject(input: {
    Bucket: string;
    Key: string;
    CopySource: string;
    MetadataDirective: "REPLACE";
  }): Promise<unknown>;
  listObjectsV2(input: {
    Bucket: string;
    Prefix: string;
    StartAfter?: string;
    ContinuationToken?: string;
  }): Promise<S3Page>;
  deleteObjects(input: {
    Bucket: string;
    Delete: { Objects: { Key: string }[]; Quiet: boolean };
  }): Promise<S3Deletion>;
  createMultipartUpload(input: {
    Bucket: string;
    Key: string;
  }): Promise<{ readonly UploadId?: string | undefined }>;
  uploadPart(input: {
    Bucket: string;
    Key: string;
    UploadId: string;
    PartNumber: number;
    Body: Uint8Array;
  }): Promise<{ readonly ETag?: string | undefined }>;
  completeMultipartUpload(input: {
    Bucket: string;
    Key: string;
    UploadId: string;
    MultipartUpload: { Parts: { PartNumber: number; ETag: string }[] };
  }): Promise<unknown>;
  abortMultipartUpload(input: { Bucket: string; Key: string; UploadId: string }): Promise<unknown>;
  /** Used to read the `Date` header of answers, by which the age of a lock is told. */
  readonly middlewareStack: {
    add(middleware: S3Middleware, options: S3MiddlewareOptions): void;
  };
}

export interface S3RequestOptions {
  readonly abortSignal?: AbortSignal;
}

export interface S3ObjectFacts {
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
  readonly ContentLength?: number | undefined;
}

export interface S3Object extends S3ObjectFacts {
  readonly Body?: S3Body | undefined;
}

export interface S3Body {
  transformToByteArray(): Promise<Uint8Array>;
  transformToWebStream(): ReadableStream;
}

export interface S3Page {
  readonly Contents?: readonly S3Listed[] | undefined;
  readonly NextContinuationToken?: string | undefined;
}

export interface S3Listed {
  readonly Key?: string | undefined;
  readonly ETag?: string | undefined;
  readonly Size?: number | undefined;
  readonly LastModified?: Date | undefined;
}

export interface S3Deletion {
  readonly Errors?:
    | readonly {
        readonly Key?: string | undefined;
        readonly Code?: string | undefined;
        readonly Message?: string | undefined;
      }[]
    | undefined;
}

export interface S3MiddlewareOptions {
  readonly step: "deserialize";
  readonly priority: "low";
  readonly name: string;
  readonly override: true;
}

/** One step of a request's way through the client. What it passes on is the client's own affair. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each command of the SDK has types of its own
export type S3Middleware = (next: (args: any) => Promise<any>) => (args: any) => Promise<any>;
