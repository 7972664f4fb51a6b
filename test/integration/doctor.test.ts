import { describe, expect, it } from "vitest";
import { Project } from "../fixtures/project.ts";

const app = `service({ artifact: artifact(built, "app"), command: ["node", "server.js"], secrets: { TOKEN: secrets.token } })`;
const pipe = (target: string): string => `
pipeline({ name: "shop", secrets: { token: env("SHOP_TOKEN") } }, (p, { secrets }) => {
  const built = p.stage("build").job("app", sh\`true\`, { artifacts: { app: "server.js" } });
  const target = ${target};
  p.stage("release").deploy("shop", { to: target, app: ${app}, strategy: rolling() });
}).main();`;

const imports = `import { rolling, service } from "sluice/deploy";
import { local } from "sluice/local";
void local;`;
const project = (target: string): Project => new Project(pipe(target), { imports });

/** A target as somebody else might write one. */
const OWN = `{
  kind: "own", name: "prod", spec: {}, requires: [],
  connect: async () => { throw new Error("not in a doctor"); },
  status: async () => { throw new Error("not in a doctor"); },
  rollback: async () => { throw new Error("not in a doctor"); },
  check: async ({ app }) => [
    { what: "app", state: "ok", detail: app.kind + " " + Object.keys(app.secrets) + " " + JSON.stringify(app.made) },
    { what: "way", state: "failed", detail: "is blocked", hint: "Clear it." },
  ],
}`;

describe("doctor", () => {
  it("says what is missing, of secrets and of targets, and ends with 1", async () => {
    const { code, stdout } = await project(OWN).run(["doctor"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^secrets\n {2}failed {3}token {2}.*SHOP_TOKEN/m);
    expect(stdout).toMatch(/^prod \(own\)\n {2}ok {7}app {2}service token {"build\/app":\["server.js"\]}$/m);
    expect(stdout).toMatch(/^ {2}failed {3}way {2}is blocked\n +-> Clear it\.$/m);
    expect(stdout).toContain("2 things are missing.");
  });

  it("never shows a secret, and ends with 0 where nothing is missing", async () => {
    const { code, stdout, stderr } = await project(`local({ name: "shop" })`).run(["doctor"], {
      env: { SHOP_TOKEN: "hunter2-and-more" },
    });
    expect(code).toBe(0);
    expect(stdout).toContain("Nothing is missing.");
    expect(stdout + stderr).not.toContain("hunter2");
  });

  it("looks at one target alone, as JSON, and knows no other", async () => {
    const own = project(OWN);
    const { code, stdout } = await own.run(["doctor", "prod", "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([{ about: "prod", kind: "own" }]);
    const wrong = await own.run(["doctor", "staging"]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('deploys to no target "staging"');
  });
});
