// Takes a lease as a process of its own and says so, one JSON object in a line; then holds it until it is ended.
import { isSluiceError } from "../../../src/errors/index.ts";
import { takeLease } from "../../../src/targets/kubernetes/lease/take-lease.ts";
import { labApi } from "./lab-api.ts";

const [namespace = "", name = "", duration = ""] = process.argv.slice(2);
const say = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
const api = labApi();

try {
  const lease = await takeLease(api, {
    namespace,
    name,
    holder: `child ${process.pid}`,
    about: "a release of its own",
    duration: Number(duration),
    signal: new AbortController().signal,
  });
  say({ held: true, fence: lease.fence });
  lease.lost.addEventListener("abort", () => {
    const reason: unknown = lease.lost.reason;
    say({ lost: true, message: isSluiceError(reason) ? reason.message : "" });
    api.close();
  });
} catch (error) {
  say({ held: false, code: isSluiceError(error) ? error.code : "", message: String(error) });
  api.close();
}
