import { SluiceError } from "../../errors/index.ts";
import type { SecretSource } from "../../ports/index.ts";
import { parseDuration, type Duration } from "../../util/duration.ts";

/** Where the remote cache is, and how it is reached. */
export interface TurborepoOptions {
  /**
   * What comes before `/v8/artifacts`: `https://cache.example.com`, or `https://vercel.com/api` for Vercel's.
   * @defaultValue the variable `TURBO_API`, and `https://vercel.com/api` where it is not set
   */
  readonly url?: string;
  /**
   * The bearer token: a secret's place, for example `env("CACHE_TOKEN")`, never the token itself.
   * @defaultValue the variable `TURBO_TOKEN`; where that is not set either, none is sent
   */
  readonly token?: SecretSource;
  /** Whose results these are: sent as `teamId`, and part of what is signed. @defaultValue the variable `TURBO_TEAMID` */
  readonly teamId?: string;
  /** The team's name in addresses: sent as `slug`. @defaultValue the variable `TURBO_TEAM` */
  readonly slug?: string;
  /**
   * The key that results are signed with: random, of 32 bytes or more. With it, nothing is unpacked whose signature is
   * missing or wrong. A secret's place, never the key itself.
   * @defaultValue the variable `TURBO_REMOTE_CACHE_SIGNATURE_KEY`; where that is not set either, nothing is signed
   */
  readonly signatureKey?: SecretSource;
  /** Results are taken from it and never sent. @defaultValue false */
  readonly readOnly?: boolean;
  /** How long a request may go on without getting anywhere: less than 1,000 bytes a second. @defaultValue `"30s"` */
  readonly timeout?: Duration;
}

export interface ResolvedTurborepoOptions {
  readonly url: URL | undefined;
  readonly token: SecretSource | undefined;
  readonly teamId: string | undefined;
  readonly slug: string | undefined;
  readonly signatureKey: SecretSource | undefined;
  readonly readOnly: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

const OPTIONS: ReadonlySet<string> = new Set<keyof TurborepoOptions>([
  "url",
  "token",
  "teamId",
  "slug",
  "signatureKey",
  "readOnly",
  "timeout",
]);

/** @throws SluiceError `DEFINITION_INVALID` */
export function resolveOptions(options: TurborepoOptions): ResolvedTurborepoOptions {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.has(name)) throw wrong(`has no option "${name}"`, `Use ${[...OPTIONS].join(", ")}.`);
  }
  const timeout = parseDuration(options.timeout ?? "30s");
  if (timeout === undefined || timeout === 0) {
    throw wrong(
      `timeout: ${JSON.stringify(options.timeout)} is no length of time`,
      'Write it like "30s" or "2m".',
    );
  }
  return Object.freeze<ResolvedTurborepoOptions>({
    url: options.url === undefined ? undefined : cacheUrl(options.url, "url"),
    token: secret(options.token, "token", "TURBO_TOKEN"),
    teamId: text(options.teamId, "teamId"),
    slug: text(options.slug, "slug"),
    signatureKey: secret(options.signatureKey, "signatureKey", "TURBO_REMOTE_CACHE_SIGNATURE_KEY"),
    readOnly: options.readOnly ?? false,
    timeout,
  });
}

/**
 * The address of a cache. Credentials have no place in it: it stands in messages.
 *
 * @throws SluiceError `DEFINITION_INVALID`, whose message does not repeat what may hold a password
 */
export function cacheUrl(given: string, label: string): URL {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol))
    throw wrong(`${label} is no http or https address`, "Write it like https://cache.example.com.");
  if (url.username !== "" || url.password !== "")
    throw wrong(`${label} holds a name or a password`, "Give the token by `token`.");
  if (url.search !== "" || url.hash !== "")
    throw wrong(
      `${label} holds a ? or a #`,
      "Give what comes before /v8/artifacts, and the team by its own option.",
    );
  return url;
}

// Types do not reach JavaScript, and a token in the definition's text would be in the repository.
function secret(given: SecretSource | undefined, label: string, variable: string): SecretSource | undefined {
  if (given === undefined || (typeof given === "object" && typeof given.resolve === "function")) return given;
  throw wrong(
    `${label} is not the place of a secret`,
    `Give one, for example env("${variable}"); the secret itself does not belong into a definition.`,
  );
}

function text(given: string | undefined, label: string): string | undefined {
  if (given === undefined || (typeof given === "string" && given !== "")) return given;
  throw wrong(`${label} is empty or no text`, "Give it as your cache knows it, or leave it out.");
}

function wrong(problem: string, hint: string): SluiceError {
  return new SluiceError("DEFINITION_INVALID", `turborepo(): ${problem}`, { hint });
}
