/** A number that was judged, with what it was held against. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** For example `%`, `ms`, `tests`. */
  readonly unit?: string;
  readonly max?: number;
  readonly min?: number;
  /** The figure of the last accepted run, where there is one. */
  readonly previous?: number;
  readonly ok: boolean;
}
