/** Names of the API server that every pod can use. */
const NAMES = /^kubernetes\.default(?:\.svc(?:\.cluster\.local)?)?$/;

/**
 * Whether a connection goes to the cluster in whose pod we run, so that its names can be asked. A pod of another cluster,
 * such as one for CI alone, has the same variables, of its own API server.
 */
export function isThisCluster(server: string, env: Readonly<Record<string, string | undefined>>): boolean {
  const own = env["KUBERNETES_SERVICE_HOST"] ?? "";
  if (own === "" || !URL.canParse(server)) return false;
  const { hostname } = new URL(server);
  return NAMES.test(hostname) || hostname === hostnameOf(own);
}

/** As an address has it: IPv6 in brackets, in its short form. */
function hostnameOf(host: string): string {
  const literal = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return URL.canParse(`https://${literal}`) ? new URL(`https://${literal}`).hostname : host;
}
