import { createHash } from "node:crypto";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { create } from "tar";
import { readFileSync } from "node:fs";

/**
 * Packs one program as OCI images, each with a name and arguments of its own, and gives the path of the archive, for
 * `ctr images import`.
 *
 * Source: OCI image format specification, image layout and manifest.
 */
export async function packImages({ program, images, folder }) {
  await rm(folder, { recursive: true, force: true });
  const blobs = join(folder, "oci", "blobs", "sha256");
  const root = join(folder, "root");
  await mkdir(blobs, { recursive: true });
  await mkdir(root);
  await copyFile(program, join(root, "app"));
  await create({ cwd: root, file: join(folder, "layer.tar"), portable: true, mtime: new Date(0) }, ["app"]);
  const layer = readFileSync(join(folder, "layer.tar"));

  const put = async (bytes) => {
    const digest = sha256(bytes);
    await writeFile(join(blobs, digest), bytes);
    return { digest: `sha256:${digest}`, size: bytes.length };
  };
  const json = (value) => Buffer.from(JSON.stringify(value));
  const packed = await put(gzipSync(layer));
  const manifests = [];
  for (const { name, args } of images) {
    const config = await put(
      json({
        architecture: process.arch === "arm64" ? "arm64" : "amd64",
        os: "linux",
        config: { Entrypoint: ["/app"], Cmd: args, User: "65532:65532" },
        rootfs: { type: "layers", diff_ids: [`sha256:${sha256(layer)}`] },
      }),
    );
    const manifest = await put(
      json({
        schemaVersion: 2,
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
        layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", ...packed }],
      }),
    );
    manifests.push({
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      ...manifest,
      annotations: { "io.containerd.image.name": name },
    });
  }
  await writeFile(join(folder, "oci", "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(join(folder, "oci", "index.json"), json({ schemaVersion: 2, manifests }));
  const archive = join(folder, "image.tar");
  await create({ cwd: join(folder, "oci"), file: archive, portable: true }, ["."]);
  return archive;
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}
