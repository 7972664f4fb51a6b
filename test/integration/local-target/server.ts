/**
 * The app of these tests. It answers who it is, and does what it is told: be slow, fail, end, ignore SIGTERM, take its
 * time to start, leave a process behind.
 */
export const SERVER = String.raw`
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { existsSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";

const { env } = process;
const version = readFileSync("content/version.txt", "utf8");
console.log("starting with secret " + (env.TOKEN ?? "none"));
if (env.EXIT_CODE) {
  console.error("cannot go on");
  process.exit(Number(env.EXIT_CODE));
}
if (env.CHILD) {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  console.log("child " + child.pid);
}

const server = createServer((request, response) => {
  const url = new URL(request.url, "http://app");
  const me = { version, pid: process.pid, revision: env.SLUICE_REVISION, replica: env.SLUICE_REPLICA, target: env.SLUICE_TARGET };
  if (url.pathname === "/healthz") {
    response.statusCode = existsSync("sick") || env.SICK ? 500 : 200;
    response.end();
  } else if (url.pathname === "/slow") {
    setTimeout(() => response.end(JSON.stringify(me)), Number(url.searchParams.get("ms")));
  } else if (url.pathname === "/fail" || env.FAIL_ALL) {
    response.statusCode = 500;
    response.end("failed");
  } else if (url.pathname === "/break") {
    response.writeHead(200, { "content-length": "1000" });
    response.write("half");
    setTimeout(() => response.destroy(), 50);
  } else if (url.pathname === "/env") {
    response.end(JSON.stringify(env));
  } else if (url.pathname === "/digest") {
    const hash = createHash("sha256");
    request.on("data", (chunk) => hash.update(chunk));
    request.on("end", () => response.end(hash.digest("hex")));
  } else {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(me));
  }
});
server.on("upgrade", (request, socket) => {
  const accept = createHash("sha1").update(request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest("base64");
  socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: " + accept + "\r\n\r\n");
  socket.on("data", (chunk) => socket.write(chunk));
  socket.on("error", () => {});
});
setTimeout(() => server.listen(Number(env.PORT), "127.0.0.1"), Number(env.START_DELAY ?? 0));
process.on("SIGTERM", () => {
  if (env.IGNORE_TERM) return;
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
`;
