// A pipeline's process for tests that kill it: drives an upgrade to version "two" step by step, saying when each is done.
import { Rig } from "./rig.ts";

const [folder = "", steps = "[]"] = process.argv.slice(2);
const rig = Rig.at(folder);
const driver = await rig.connect(rig.app({ version: "two", replicas: 2 }));
process.stdout.write("connect\n");
for (const step of JSON.parse(steps) as string[]) {
  if (step === "start") await driver.start(1);
  if (step === "route") await driver.route(25);
  if (step === "scale") await driver.scale("candidate", 2);
  if (step === "shrink") await driver.scale("stable", 1);
  if (step === "promote") await driver.promote();
  if (step === "abort") await driver.abort("judged bad");
  process.stdout.write(`${step}\n`);
}
setInterval(() => undefined, 1_000);
