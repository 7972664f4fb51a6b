import { type ErrorCode, SluiceError } from "../../../errors/index.ts";

export interface ApiFaultDetails {
  /** Of HTTP; 0 where no answer came. */
  readonly status: number;
  /** The API's own word, for example `Conflict` or `NotFound`. */
  readonly reason: string;
  /** What exactly: fields in conflict, invalid fields. */
  readonly causes: readonly { readonly field: string; readonly reason: string; readonly message: string }[];
  /** Milliseconds to wait before asking again, as the server says. */
  readonly retryAfter: number | undefined;
}

/** A request that the API server did not do. */
export class ApiFault extends SluiceError {
  readonly status: number;
  readonly reason: string;
  readonly causes: ApiFaultDetails["causes"];
  readonly retryAfter: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details: ApiFaultDetails,
    options: ConstructorParameters<typeof SluiceError>[2] = {},
  ) {
    super(code, message, options);
    this.status = details.status;
    this.reason = details.reason;
    this.causes = details.causes;
    this.retryAfter = details.retryAfter;
  }
}
