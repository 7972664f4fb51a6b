import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { runProgram } from "../tool/run.mjs";

const MODULE = "sigs.k8s.io/gateway-api@v1.4.0";

/** The kinds of the Gateway API, as its own module defines them in the standard channel. */
export async function gatewayDefinitions() {
  const { Dir } = JSON.parse(await runProgram("go", ["mod", "download", "-json", MODULE], { cwd: "/" }));
  const folder = join(Dir, "config", "crd", "standard");
  const files = (await readdir(folder)).filter((name) => name.startsWith("gateway.networking.k8s.io_"));
  return await Promise.all(files.map(async (file) => parse(await readFile(join(folder, file), "utf8"))));
}
