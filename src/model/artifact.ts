/** One file of an artifact. */
export interface ArtifactFile {
  /** Relative to the root, with `/` between its parts. */
  readonly path: string;
  /** `sha256:<hex>` of the content. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly executable: boolean;
}

/** Files that a job declared by globs, kept by content. Two artifacts with equal digests hold equal files. */
export interface Artifact {
  readonly name: string;
  /** `sha256:<hex>` over the paths, modes and digests of all files, in the order of their paths. */
  readonly digest: string;
  /** The path of the only file, or the deepest folder that holds all of them; relative to the root. */
  readonly path: string;
  /** Bytes, all files together. */
  readonly size: number;
  readonly files: readonly ArtifactFile[];
}
