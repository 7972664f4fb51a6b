import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Pipeline } from "../builder/index.ts";
import { messageOf, SluiceError } from "../errors/index.ts";
import { GRAPH_FORMATS, renderGraph } from "../graph/index.ts";
import { prepare } from "../host/prepare.ts";
import type { Command } from "./arguments.ts";
import { commonOptions, textFlag } from "./command-options.ts";
import type { Terminal } from "./terminal.ts";

export async function performGraph(pipe: Pipeline, command: Command, terminal: Terminal): Promise<number> {
  const format = textFlag(command, "format") ?? "mermaid";
  const known = GRAPH_FORMATS.find((one) => one === format);
  if (known === undefined) {
    const hint = `One of: ${GRAPH_FORMATS.join(", ")}.`;
    throw new SluiceError("USAGE", `there is no format "${format}"`, { hint });
  }
  const { plan } = prepare(pipe, commonOptions(command));
  const text = await renderGraph(plan, known);
  const file = textFlag(command, "out");
  if (file === undefined) terminal.out.write(text);
  else {
    await writeFile(resolve(file), text).catch((error: unknown) => {
      throw new SluiceError("USAGE", `cannot write ${file}: ${messageOf(error)}`);
    });
  }
  return 0;
}
