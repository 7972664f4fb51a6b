/**
 * What the host's runner does with a step's output: takes it line by line, where a line ends at any of CR, LF and CR LF,
 * and looks for commands, unless they are stopped until the token comes.
 */
export interface RunnerView {
  /** Commands that were obeyed, in order: name, properties and data, unescaped. */
  readonly commands: readonly { readonly name: string; readonly properties: string; readonly data: string }[];
  /** How deep groups were nested at most, and at the end. */
  readonly depth: number;
  readonly openAtEnd: number;
  readonly stoppedAtEnd: boolean;
}

export function runnerView(output: string): RunnerView {
  const commands: RunnerView["commands"][number][] = [];
  let token: string | undefined;
  let open = 0;
  let depth = 0;
  for (const line of output.split(/\r\n|\r|\n/)) {
    const found = parse(line);
    if (found === undefined) continue;
    if (token !== undefined) {
      if (found.name === token) token = undefined;
      continue;
    }
    if (found.name === "stop-commands") token = found.data;
    else commands.push(found);
    if (found.name === "group") open++;
    if (found.name === "endgroup") open--;
    depth = Math.max(depth, open);
  }
  return { commands, depth, openAtEnd: open, stoppedAtEnd: token !== undefined };
}

function parse(line: string): RunnerView["commands"][number] | undefined {
  const second = /^\s*::([^\s:]+)(?: (.*?))?::(.*)$/.exec(line);
  const first = /##\[([^\s\]]+)(?: (.*?))?\](.*)$/.exec(line);
  const [, name, properties = "", data = ""] = second ?? first ?? [];
  if (name === undefined) return undefined;
  return { name, properties: unescape(properties), data: unescape(data) };
}

function unescape(text: string): string {
  return text
    .replaceAll("%0D", "\r")
    .replaceAll("%0A", "\n")
    .replaceAll("%3A", ":")
    .replaceAll("%2C", ",")
    .replaceAll("%25", "%");
}
