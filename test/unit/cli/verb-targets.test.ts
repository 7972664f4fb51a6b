import { EventEmitter, once } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { main } from "../../../src/cli/main.ts";
import { rolling, service } from "../../../src/deploy/index.ts";
import { SluiceError } from "../../../src/errors/index.ts";
import { pipeline } from "../../../src/index.ts";
import type { Target, TargetContext } from "../../../src/ports/index.ts";
import { KeptTerminal } from "./terminal.ts";

const refuse = (): Promise<never> => Promise.reject(new Error("not in this test"));

function target(more: Partial<Target>): Target {
  return {
    kind: "test",
    name: "prod",
    spec: {},
    requires: [],
    connect: refuse,
    status: refuse,
    rollback: refuse,
    ...more,
  };
}

function deploying(...targets: readonly Target[]) {
  return pipeline({ name: "shop" }, (p) => {
    const stage = p.stage("release");
    for (const to of targets)
      stage.deploy(to.name, { to, app: service({ image: "web:1" }), strategy: rolling() });
  });
}

/** A target whose verbs wait until they are told to stop, and then end so; `begun` resolves once one waits. */
function waiting(ends: (context: TargetContext) => Promise<never>) {
  const bell = new EventEmitter();
  const wait = async (_spec: unknown, context: TargetContext): Promise<never> => {
    const over = once(context.signal, "abort");
    bell.emit("begun");
    await over;
    return await ends(context);
  };
  return { begun: once(bell, "begun"), target: target({ rollback: wait, stop: wait }) };
}

const giveUp = ({ signal }: TargetContext): Promise<never> => Promise.reject(signal.reason as Error);

describe("Ctrl-C", () => {
  it.each(["rollback", "stop"])("ends a %s cleanly, with 130, and says how to go on", async (verb) => {
    const { begun, target: prod } = waiting(giveUp);
    const terminal = new KeptTerminal();
    const code = main(deploying(prod), [verb, "prod"], terminal);
    await begun;
    terminal.interrupt("SIGINT");
    expect(await code).toBe(130);
    expect(terminal.complaints.join("")).toBe(
      `\nSIGINT: stopping; once more to kill\n${verb} of prod was interrupted before it was done: run the same command again to go on from what is there now\n`,
    );
    expect(terminal.printed).toEqual([]);
    expect(terminal.listeners).toBe(0);
  });

  it("kills the second time", async () => {
    const exit = vi.spyOn(process, "exit").mockImplementation(() => {
      throw new Error("killed");
    });
    const { begun, target: prod } = waiting(giveUp);
    const terminal = new KeptTerminal();
    const code = main(deploying(prod), ["rollback", "prod"], terminal);
    await begun;
    expect(() => {
      terminal.interrupt("SIGINT", true);
    }).toThrow("killed");
    expect(exit).toHaveBeenCalledWith(130);
    exit.mockRestore();
    terminal.interrupt("SIGINT");
    await code;
  });

  it("hides nothing that went wrong while it was heeded", async () => {
    const { begun, target: prod } = waiting(() =>
      Promise.reject(new SluiceError("ABORT_FAILED", "it could not be taken back", { hint: "Look there." })),
    );
    const terminal = new KeptTerminal();
    const code = main(deploying(prod), ["rollback", "prod"], terminal);
    await begun;
    terminal.interrupt("SIGTERM");
    expect(await code).toBe(130);
    expect(terminal.complaints.join("")).toContain("error: it could not be taken back [ABORT_FAILED]");
  });

  it("that comes too late changes nothing", async () => {
    const { begun, target: prod } = waiting(() => Promise.resolve(undefined as never));
    const terminal = new KeptTerminal();
    const code = main(deploying(prod), ["stop", "prod"], terminal);
    await begun;
    terminal.interrupt("SIGINT");
    expect(await code).toBe(0);
  });
});
