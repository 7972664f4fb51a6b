import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import { onTestFinished } from "vitest";

/** As much of a package registry as `npm ci` asks for: the archives of versions. */
export interface Registry {
  readonly url: string;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

export async function startRegistry(): Promise<Registry> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const [, name, version] = /^\/(\w+)\/-\/\w+-([\d.]+)\.tgz$/.exec(path) ?? [];
    if (name === undefined || version === undefined) response.writeHead(404).end("{}");
    else response.end(archiveOf(name, version));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(stop);
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, asked, stop };
}

/** Writes a project whose lock file names these versions of packages. */
export function writeProject(
  folder: string,
  registry: Registry,
  packages: Readonly<Record<string, string>>,
): void {
  mkdirSync(folder, { recursive: true });
  const locked = Object.entries(packages).map(([name, version]) => [
    `node_modules/${name}`,
    {
      version,
      resolved: `${registry.url}/${name}/-/${name}-${version}.tgz`,
      integrity: `sha512-${createHash("sha512").update(archiveOf(name, version)).digest("base64")}`,
    },
  ]);
  const project = { name: "project", version: "1.0.0" };
  const root = { ...project, dependencies: packages };
  const lock = {
    ...project,
    lockfileVersion: 3,
    requires: true,
    packages: { "": root, ...Object.fromEntries(locked) },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(root));
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lock));
  writeFileSync(join(folder, ".npmrc"), `registry=${registry.url}\nfetch-retries=0\n`);
}

function archiveOf(name: string, version: string): Buffer {
  const content = Buffer.from(JSON.stringify({ name, version }));
  const block = Buffer.alloc(512);
  const header = {
    path: "package/package.json",
    type: "File",
    size: content.length,
    mode: 0o644,
    mtime: new Date(0),
  };
  new Header(header as ConstructorParameters<typeof Header>[0] & object).encode(block, 0);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  content.copy(body);
  return gzipSync(Buffer.concat([block, body, Buffer.alloc(1_024)]));
}
