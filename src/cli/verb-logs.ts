import type { Pipeline } from "../builder/index.ts";
import { SluiceError } from "../errors/index.ts";
import { followLogs } from "../host/follow.ts";
import { openStore } from "../host/store.ts";
import type { RunStore } from "../ports/index.ts";
import { NodeLines } from "../reporters/lines/node-lines.ts";
import type { Command } from "./arguments.ts";
import { commonOptions } from "./command-options.ts";
import { INTERRUPTED } from "./interrupts.ts";
import { Output } from "./output.ts";
import type { Terminal } from "./terminal.ts";

export async function performLogs(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const store = await openStore(pipe, { ...commonOptions(command), env: terminal.env });
  const [run = "", node] = command.operands;
  const nodes = await nodesOf(store, run, node);
  return command.flags["follow"] === true
    ? await follow(store, run, nodes, terminal)
    : await print(store, run, nodes, terminal);
}

/** One after the other, each under its name where there are several. */
async function print(
  store: RunStore,
  run: string,
  nodes: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const out = new Output(terminal.out);
  for (const id of nodes) {
    let titled = nodes.length === 1;
    for await (const chunk of store.log(run, id)) {
      if (!titled && !(await out.write(`=== ${id}\n`))) return 0;
      titled = true;
      if (!(await out.write(chunk))) return 0;
    }
  }
  return 0;
}

/** As it is printed: whole lines, each after its node's name where there are several. */
async function follow(
  store: RunStore,
  run: string,
  nodes: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const out = new Output(terminal.out);
  const lines = nodes.length === 1 ? undefined : new NodeLines((id) => `${id} | `);
  const controller = new AbortController();
  const settle = terminal.onInterrupt(() => {
    controller.abort();
  });
  try {
    const chunks = followLogs(store, run, nodes, controller.signal);
    let next = await chunks.next();
    for (; next.done !== true; next = await chunks.next()) {
      const { node, chunk } = next.value;
      const written =
        lines === undefined
          ? await out.write(chunk)
          : await out.write(lines.push({ type: "node.log", at: 0, node, stream: "stdout", chunk }), "latin1");
      if (!written) return 0;
    }
    if (lines !== undefined && !(await out.write(lines.flushAll(), "latin1"))) return 0;
    if (controller.signal.aborted) return INTERRUPTED;
    terminal.err.write(`run ${run} ${next.value.state}: ${next.value.reason}\n`);
    return 0;
  } finally {
    settle();
  }
}

/** The nodes of a run, or those of one name. */
async function nodesOf(store: RunStore, run: string, name: string | undefined): Promise<readonly string[]> {
  const { plan } = await store.read(run);
  const nodes = plan.nodes.filter((one) => name === undefined || one.id === name || one.name === name);
  if (nodes.length === 0 && name !== undefined) {
    const some = plan.nodes.slice(0, 20).map((one) => one.id);
    throw new SluiceError("NODE_UNKNOWN", `run ${run} has no node "${name}"`, {
      hint: `One of: ${some.join(", ")}.`,
    });
  }
  return nodes.map((one) => one.id);
}
