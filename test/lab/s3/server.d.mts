/** A process by its id and the moment at which it started. */
export interface RunningServer {
  readonly pid: number;
  readonly start: string;
}

export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export declare function installServer(log?: (text: string) => void): Promise<string>;
export declare function newKeys(): S3Keys;
export declare function startS3(options: {
  readonly binary: string;
  readonly folder: string;
  readonly port: number;
  readonly keys: S3Keys;
  readonly bucket: string;
}): Promise<{ readonly server: RunningServer; readonly endpoint: string }>;
export declare function killS3(server: RunningServer): Promise<void>;
export declare function freePort(): Promise<number>;
