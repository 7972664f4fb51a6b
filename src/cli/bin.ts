import { loadPipeline } from "./load.ts";
import { main } from "./main.ts";
import { processTerminal } from "./terminal.ts";

const USAGE =
  "Usage: sluice -f FILE [verb] [flags]\n\nFILE exports a pipeline. With --help after it, the pipeline's own help is shown.\n";

async function start(argv: readonly string[]): Promise<number> {
  const terminal = processTerminal(undefined);
  const [flag, file, ...rest] = argv;
  if (flag === "--version" || flag === "-v") {
    const { version } = await import("./version.ts");
    terminal.out.write(`${version()}\n`);
    return 0;
  }
  if ((flag !== "-f" && flag !== "--file") || file === undefined) {
    const wantsHelp = flag === "--help" || flag === "-h";
    (wantsHelp ? terminal.out : terminal.err).write(USAGE);
    return wantsHelp ? 0 : 2;
  }
  const loaded = await loadPipeline(file);
  if ("error" in loaded) {
    terminal.err.write(`error: ${loaded.error.describe()}\n`);
    return 2;
  }
  return await main(loaded.pipeline, rest, { ...terminal, program: `sluice -f ${file}` });
}

void start(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
