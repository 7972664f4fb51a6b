import { request } from "node:http";
import type { HealthCheck } from "../app.ts";

/** What a health check found. `refused`: nobody listens. */
export type Health = "well" | "ill" | "refused";

/** Asks a replica once. Well is any answer from 200 to 399 within the timeout. Never rejects. */
export function probe(port: number, check: Pick<HealthCheck, "path" | "timeout">): Promise<Health> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(check.timeout);
    const options = { host: "127.0.0.1", port, path: check.path, agent: false, signal };
    const asked = request(options, (answer) => {
      answer.resume();
      answer.on("error", () => {
        resolve("ill");
      });
      const status = answer.statusCode ?? 500;
      resolve(status >= 200 && status < 400 ? "well" : "ill");
    });
    asked.on("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code === "ECONNREFUSED" ? "refused" : "ill");
    });
    asked.end();
  });
}
