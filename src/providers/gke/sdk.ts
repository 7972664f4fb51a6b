/** The part of Google's authentication library that the provider calls. Nothing of it appears in a type here, and tests play it. */
export interface GoogleSdk {
  /** Who we are. Each call makes one that has nothing cached. */
  identity(choice: IdentityChoice): Promise<GoogleIdentity>;
}

export interface IdentityChoice {
  readonly keyFile: string | undefined;
  readonly impersonate: string | undefined;
  /** Address of the API that impersonates, where it is not Google's own. */
  readonly iamCredentials: string | undefined;
  readonly scopes: readonly string[];
  readonly signal: AbortSignal;
}

export interface GoogleIdentity {
  token(): Promise<GoogleToken>;
  /** Asks an API of Google; gives the answer's JSON. Throttled requests are sent again when `Retry-After` says so. */
  get(url: string, signal: AbortSignal): Promise<unknown>;
}

export interface GoogleToken {
  readonly token: string;
  /** Milliseconds since 1970; absent where it is not known. */
  readonly expiresAt?: number;
}
