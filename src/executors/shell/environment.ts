/**
 * Variables that every job inherits when they are set: who and where one is, language and terminal, temporary
 * folders, whether this is a CI host, proxies, and where certificates lie. No tokens, keys or agents.
 */
export const BASE_VARIABLES = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "LANGUAGE",
  "LC_*",
  "TZ",
  "TMPDIR",
  "TMP",
  "TEMP",
  "XDG_*",
  "TERM",
  "COLORTERM",
  "NO_COLOR",
  "FORCE_COLOR",
  "CI",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NODE_EXTRA_CA_CERTS",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
  "GIT_SSL_CAINFO",
] as const;

/**
 * The variables of `processEnv` that jobs may inherit: {@link BASE_VARIABLES} and those that `passEnv` names.
 *
 * @param passEnv names, or beginnings of names such as `DOCKER_*`. `SLUICE_…` never matches: those are set for each job.
 *
 * @example
 * ```ts
 * baseEnv({ PATH: "/usr/bin", GOPATH: "/go", AWS_SECRET: "x" }, ["GO*"]); // { PATH: "/usr/bin", GOPATH: "/go" }
 * ```
 */
export function baseEnv(
  processEnv: Readonly<Record<string, string | undefined>>,
  passEnv: readonly string[],
): Readonly<Record<string, string>> {
  const patterns = [...BASE_VARIABLES, ...passEnv];
  const names = new Set(patterns.filter((pattern) => !pattern.endsWith("*")));
  const prefixes = patterns.filter((pattern) => pattern.endsWith("*")).map((pattern) => pattern.slice(0, -1));
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(processEnv)) {
    if (value === undefined || name.startsWith("SLUICE_")) continue;
    if (names.has(name) || prefixes.some((prefix) => name.startsWith(prefix))) env[name] = value;
  }
  return Object.freeze(env);
}
