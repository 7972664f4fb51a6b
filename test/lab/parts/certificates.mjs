import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "../tool/run.mjs";

const about =
  "an authority for the doubles of clouds that speak TLS, trusted by Node where the lab's variables are set";
const needs = [];

export default { about, needs, start };

const DAYS = "30";

async function start({ folder }) {
  const file = (name) => join(folder, name);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await runProgram("openssl", [
    ...["req", "-x509", ...key, "-days", DAYS, "-subj", "/CN=Sluice lab"],
    ...["-keyout", file("authority.key"), "-out", file("authority.pem")],
  ]);
  await writeFile(file("extensions"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  await runProgram("openssl", [
    ...["req", ...key, "-subj", "/CN=localhost", "-keyout", file("server.key"), "-out", file("server.csr")],
  ]);
  await runProgram("openssl", [
    ...[
      "x509",
      "-req",
      "-in",
      file("server.csr"),
      "-CA",
      file("authority.pem"),
      "-CAkey",
      file("authority.key"),
    ],
    ...["-CAcreateserial", "-days", DAYS, "-extfile", file("extensions"), "-out", file("server.pem")],
  ]);
  // What was trusted before still is.
  const before = process.env.NODE_EXTRA_CA_CERTS;
  const others = before === undefined ? "" : await readFile(before, "utf8").catch(() => "");
  await writeFile(file("trusted.pem"), `${await readFile(file("authority.pem"), "utf8")}\n${others}`);
  return {
    env: { NODE_EXTRA_CA_CERTS: file("trusted.pem"), SLUICE_LAB_CERTIFICATES: folder },
    facts: { folder },
  };
}
