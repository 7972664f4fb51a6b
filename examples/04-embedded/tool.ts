// A tool of your own that runs a pipeline and shows it its own way: no command line of Sluice's, no reporter.
//
//   npx tsx examples/04-embedded/tool.ts
import { run, type RunEvent } from "sluice";
import { checks } from "./checks.js";

const started = run(checks, { params: { files: 12 } });
const done = new Set<string>();

/** One line for what a person would want to see, nothing for the rest. */
function line(event: RunEvent): string | undefined {
  switch (event.type) {
    case "run.started":
      return `checking ${event.nodes} things`;
    case "node.succeeded":
      done.add(event.node);
      return `  ${"#".repeat(done.size)} ${event.node} (${event.duration} ms)`;
    case "node.failed":
      return `  ! ${event.node}: ${event.failure.message}`;
    case "gate.judged":
      return `  = ${event.summary}`;
    default:
      return undefined;
  }
}

async function main(): Promise<void> {
  for await (const event of started.events) {
    const text = line(event);
    if (text !== undefined) console.log(text);
  }
  const result = await started;
  const counted = result.nodes.get("count/lines");
  if (counted?.state === "succeeded") console.log("lines counted:", JSON.stringify(counted.output));
  console.log(result.state, "in", result.duration, "ms");
  if (result.state !== "passed") process.exitCode = 1;
}

void main();
