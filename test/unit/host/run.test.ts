import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  artifact,
  env,
  file,
  isSluiceError,
  pipeline,
  planOf,
  run,
  sh,
  type Reporter,
  type RunEvent,
  type RunOptions,
} from "../../../src/index.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

const echo = (text: string) =>
  pipeline({ name: `echo ${text}` }, (p) => {
    p.stage("a").job("x", sh`echo ${text}`.text());
  });

describe("run", () => {
  it("gives a result, and events for one reader, from the first to the last", async () => {
    const running = run(echo("hello"), { cwd: tempFolder() });
    const types: string[] = [];
    for await (const event of running.events) types.push(event.type);
    const result = await running;
    expect(types[0]).toBe("run.started");
    expect(types.at(-1)).toBe("run.finished");
    expect(types).toContain("node.log");
    expect(result).toMatchObject({ run: running.id, state: "passed" });
    expect(result.nodes.get("a/x")).toMatchObject({ output: "hello" });
  });

  it("runs many at a time in one process, each with its own events", async () => {
    const cwd = tempFolder();
    const texts = Array.from({ length: 8 }, (_, index) => `text-${index}`);
    const outputs = await Promise.all(
      texts.map(async (text) => {
        const running = run(echo(text), { cwd });
        const nodes: RunEvent[] = [];
        for await (const event of running.events) nodes.push(event);
        const started = nodes[0];
        expect(started?.type === "run.started" && started.run).toBe(running.id);
        return (await running).nodes.get("a/x");
      }),
    );
    expect(outputs.map((one) => one?.state === "succeeded" && one.output)).toEqual(texts);
    expect(readdirSync(join(cwd, ".sluice/runs"))).toHaveLength(8);
  });

  it("rejects, and ends its events by the same error, where it could not start", async () => {
    const wrong = pipeline({ name: "wrong" }, () => undefined);
    const running = run(wrong, { cwd: tempFolder() });
    const reading = (async () => {
      for await (const event of running.events) void event;
    })();
    await expect(running).rejects.toMatchObject({ code: "DEFINITION_INVALID" });
    await expect(reading).rejects.toMatchObject({ code: "DEFINITION_INVALID" });
  });

  it("leaves out a reporter that throws, says so, and goes on", async () => {
    const seen: string[] = [];
    const good: Reporter = {
      event: (event) => void seen.push(event.type === "warning" ? event.message : event.type),
    };
    const bad: Reporter = {
      event: () => {
        throw new Error("no paper");
      },
    };
    const result = await run(echo("x"), { cwd: tempFolder(), reporters: [bad, good] });
    expect(result.state).toBe("passed");
    expect(seen.filter((one) => one.includes("no paper"))).toHaveLength(1);
    expect(seen.at(-1)).toBe("run.finished");
  });

  it("can be cancelled by a signal or by itself", async () => {
    const slow = pipeline({ name: "slow" }, (p) => {
      p.stage("a").job("x", sh`sleep 60`);
    });
    const running = run(slow, { cwd: tempFolder() });
    for await (const event of running.events)
      if (event.type === "node.started") running.cancel("changed my mind");
    expect(await running).toMatchObject({ state: "cancelled", reason: "changed my mind" });
    const controller = new AbortController();
    const other = run(slow, { cwd: tempFolder(), signal: controller.signal });
    for await (const event of other.events)
      if (event.type === "node.started") controller.abort(new Error("time is up"));
    expect(await other).toMatchObject({ state: "cancelled", reason: "time is up" });
  });

  it("checks params by their schemas, all at once", async () => {
    const pipe = pipeline(
      {
        name: "params",
        params: { n: z.number(), level: z.enum(["a", "b"]), list: z.array(z.string()).default([]) },
      },
      (p, { params }) => {
        p.stage("a").job("x", () => params);
      },
    );
    const given = { n: "many", level: "c", other: 1 } as never;
    await expect(run(pipe, { params: given, cwd: tempFolder() })).rejects.toSatisfy((error) => {
      const text = isSluiceError(error) ? error.describe() : "";
      return ["n:", "level:", "other: there is no such param"].every((part) => text.includes(part));
    });
    const result = await run(pipe, { params: { n: 1, level: "a" }, cwd: tempFolder() });
    expect(result.nodes.get("a/x")).toMatchObject({ output: { n: 1, level: "a", list: [] } });
  });

  it("gives jobs no more of the environment than they declare", async () => {
    const pipe = pipeline({ name: "env", passEnv: ["PASSED_*"] }, (p) => {
      p.stage("a").job("x", sh({ env: { OWN: "1" } })`env`.lines());
    });
    const environment = { PATH: process.env["PATH"], CI_TOKEN: "leak", PASSED_ON: "yes", HOME: "/home/x" };
    const result = await run(pipe, { cwd: tempFolder(), env: environment });
    const node = result.nodes.get("a/x");
    const lines = node?.state === "succeeded" ? (node.output as readonly string[]) : [];
    const names = lines.map((line) => line.split("=")[0]);
    expect(names).toEqual(expect.arrayContaining(["PATH", "HOME", "OWN", "PASSED_ON", "SLUICE_NODE"]));
    expect(names).not.toContain("CI_TOKEN");
  });

  it("keeps secrets out of logs, journal, plan and errors, in every form", async () => {
    const cwd = tempFolder();
    const secret = 'p@ss "word"/with+odd chars';
    writeFileSync(join(cwd, "key.txt"), "line-one-of-key\nline-two-of-key\n");
    const pipe = pipeline(
      { name: "secrets", secrets: { a: env("THE_SECRET"), b: file("key.txt") } },
      (p, { secrets }) => {
        const a = p.stage("a");
        const said = a.job(
          "say",
          sh`printf '%s' ${secrets.a}; printf '%s' ${secrets.a} | base64; printf '%s' ${secrets.b}`,
        );
        a.job("json", {
          needs: { s: secrets.a },
          run: ({ s }) => ({ quoted: JSON.stringify({ s }), url: encodeURIComponent(s) }),
        });
        const b = p.stage("b");
        b.job("again", sh`echo ${said.stdout}`);
        b.job("fail", { needs: { s: secrets.a }, run: ({ s }) => Promise.reject(new Error(`bad ${s}`)) });
      },
    );
    const shown: string[] = [];
    const reporter: Reporter = {
      event: (event) =>
        void shown.push(
          event.type === "node.log" ? Buffer.from(event.chunk).toString() : JSON.stringify(event),
        ),
    };
    const result = await run(pipe, {
      cwd,
      env: { ...process.env, THE_SECRET: secret },
      reporters: [reporter],
    });
    expect(result.state).toBe("failed");
    const runs = join(cwd, ".sluice/runs", result.run);
    const files = [
      join(runs, "plan.json"),
      ...readdirSync(runs)
        .filter((name) => name.startsWith("journal"))
        .map((name) => join(runs, name)),
      ...readdirSync(join(runs, "logs")).map((name) => join(runs, "logs", name)),
    ];
    const everything = [
      ...files.map((path) => readFileSync(path, "utf8")),
      ...shown,
      JSON.stringify([...result.nodes]),
    ].join("\n");
    const forms = [
      secret,
      Buffer.from(secret).toString("base64"),
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      "line-one-of-key",
      "line-two-of-key",
    ];
    for (const form of forms) expect(everything).not.toContain(form);
    expect(everything).toContain("***");
  });

  it("masks a secret of a node that is not run too, and gives it to nobody", async () => {
    const cwd = tempFolder();
    const secret = "left-in-a-file-9f2b";
    let failing = true;
    const pipe = pipeline(
      { name: "left", secrets: { a: env("A_SECRET"), b: env("B_SECRET") } },
      (p, { secrets }) => {
        p.stage("a").job("write", sh`printf %s ${secrets.a} > left`);
        p.stage("b").job("read", () => {
          if (failing) throw new Error("not yet");
          return { says: readFileSync(join(cwd, "left"), "utf8") };
        });
        p.stage("c").job("print", sh`cat left; printenv A_SECRET || true; false`);
        p.stage("d").job("never", sh`echo ${secrets.b}`);
      },
    );
    const environment = { PATH: process.env["PATH"], A_SECRET: secret, B_SECRET: "another one" };
    await run(pipe, { cwd, env: environment, run: "r1" });
    failing = false;
    const printed = async (options: Pick<RunOptions, "env" | "run" | "resume" | "only">): Promise<string> => {
      let text = "";
      const event = (one: RunEvent): void => {
        text += one.type === "node.log" ? Buffer.from(one.chunk).toString() : JSON.stringify(one);
      };
      await run(pipe, { cwd, reporters: [{ event }], ...options });
      return text;
    };
    const rest = await printed({ env: environment, run: "r1", resume: {} });
    expect(rest).toContain("***");
    expect(rest).not.toContain(secret);
    // What nobody can know any more is not asked for.
    const { B_SECRET: _gone, ...fewer } = environment;
    const part = await printed({ env: fewer, run: "r1", only: ["print"] });
    expect(part).toContain("***");
    expect(part).not.toContain(secret);
  });

  it("writes artifacts that later nodes find by digest", async () => {
    const cwd = tempFolder();
    const pipe = pipeline({ name: "artifacts" }, (p) => {
      const made = p
        .stage("a")
        .job("make", sh`mkdir -p out; echo 1 > out/a; echo 2 > out/b`, { artifacts: { out: "out/*" } });
      p.stage("b").job("use", {
        needs: { out: artifact(made, "out") },
        run: ({ out }) => ({ path: out.path, files: out.files.length }),
      });
    });
    const result = await run(pipe, { cwd });
    expect(result.nodes.get("b/use")).toMatchObject({ output: { path: "out", files: 2 } });
  });
});

describe("planOf", () => {
  it("compiles without running", () => {
    expect(planOf(echo("x")).nodes.map((node) => node.id)).toEqual(["a/x"]);
  });
});
