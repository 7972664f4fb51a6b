import { BlockList, isIP } from "node:net";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for an address, by the variables that curl and others go by; their small spelling counts first.
 *
 * @throws Error where a variable names no proxy that can be used
 */
export function proxyOf(url: URL, env: Env): URL | undefined {
  const names = url.protocol === "https:" ? ["https_proxy", "all_proxy"] : ["http_proxy", "all_proxy"];
  for (const name of names.flatMap((small) => [small, small.toUpperCase()])) {
    const value = env[name];
    if (value === undefined || value === "") continue;
    const address = value.includes("://") ? value : `http://${value}`;
    const proxy = URL.canParse(address) ? new URL(address) : undefined;
    // What it says is not repeated: it may hold a password.
    if (proxy === undefined || !["http:", "https:"].includes(proxy.protocol))
      throw new Error(`${name} names no http or https proxy, and no other kind can be used`);
    return proxy;
  }
  return undefined;
}

/** Whether NO_PROXY names the address: a host with all below it, an address, a network as `10.0.0.0/8`, `host:port`, or `*`. */
export function noProxyFor(url: URL, env: Env): boolean {
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  const host = bare(url.hostname.toLowerCase());
  const entries = (env["no_proxy"] ?? env["NO_PROXY"] ?? "").toLowerCase().split(/[\s,]+/);
  return entries.some((entry) => {
    if (entry === "" || entry === "*") return entry === "*";
    if (entry.includes("/")) return isWithin(host, entry);
    if (isIP(bare(entry)) !== 0) return host === bare(entry);
    const [, name = "", only] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
    return (only === undefined || only === port) && (host === name || host.endsWith(`.${name}`));
  });
}

export function proxyAuthorization(proxy: URL): Readonly<Record<string, string>> {
  if (proxy.username === "" && proxy.password === "") return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}

function isWithin(host: string, network: string): boolean {
  const [address = "", bits = ""] = network.split("/");
  const version = isIP(host);
  const width = Number(bits);
  if (version === 0 || isIP(address) !== version || !/^\d+$/.test(bits) || width > (version === 4 ? 32 : 128))
    return false;
  const family = version === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(address, width, family);
  return list.check(host, family);
}
