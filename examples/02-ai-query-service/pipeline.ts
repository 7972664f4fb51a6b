// The delivery of a small retrieval service, from its tests to a watched release on this machine:
//
//   npx tsx examples/02-ai-query-service/pipeline.ts                    asks for approval at the terminal
//   npx tsx examples/02-ai-query-service/pipeline.ts --yes              approves by itself
//   npx tsx examples/02-ai-query-service/pipeline.ts --yes --break errors   ships a release that goes wrong
import { approval, artifact, pipeline, sh, when, type Artifact, type Ref } from "sluice";
import { evaluate, retrieval } from "sluice/ai";
import { canary, errorRate, latency, rolling, scores, service } from "sluice/deploy";
import { junit } from "sluice/gates";
import { local } from "sluice/local";
import { z } from "zod";
import { pairedScores } from "./scripts/compare.mjs";

const pipe = pipeline(
  {
    name: "ai-query-service",
    params: {
      break: z
        .enum(["none", "latency", "errors", "answers"])
        .default("none")
        .describe("what goes wrong in production, and only there"),
      rps: z.number().int().min(10).max(500).default(120).describe("requests a second during the release"),
    },
  },
  (p, { params }) => {
    const verify = p.stage("verify");
    const reports = verify.jobs({
      unit: sh`node scripts/test.mjs unit`,
      integration: sh`node scripts/test.mjs integration`,
      lint: sh`node scripts/lint.mjs`,
    });

    const pack = p.stage("package");
    const index = pack.job("index", sh`node service/build-index.mjs --docs docs --out build/index.json`);
    const bundle = pack.job("bundle", sh`echo ${index.stdout}`, {
      artifacts: { service: ["service/**", "build/index.json", "package.json"] },
    });

    const vet = p.stage("vet");
    const tested = vet.gate(
      "tests",
      artifact(bundle, "service"),
      junit({ report: "reports/{unit,integration}.xml", minTests: 20 }),
      { after: [reports.unit, reports.integration] },
    );

    // Both environments run the same files; only production can be told to go wrong.
    const app = <Passed extends string>(from: Ref<Artifact, Passed>, fault: string) =>
      service({
        artifact: from,
        command: ["node", "service/server.mjs"],
        replicas: 2,
        env: { INDEX: "build/index.json", BREAK: fault },
        drain: "2s",
      });

    const staging = p.stage("staging").deploy("api", {
      to: local({ name: "staging", requires: ["tests"] }),
      app: app(tested, "none"),
      strategy: rolling(),
    });

    const check = p.stage("check");
    check.job("smoke", sh`node scripts/smoke.mjs ${staging.url}`);
    const answered = check.gate(
      "answers",
      tested,
      evaluate({
        dataset: "evals/questions.jsonl",
        ask: { url: staging.url, path: "/query" },
        score: [
          retrieval.hitRate({ at: 5, min: 0.9, maxDrop: 0.02 }),
          retrieval.mrr({ at: 5, min: 0.75, maxDrop: 0.02 }),
        ],
      }),
    );

    const release = p.stage("production");
    const approved = release.gate(
      "approval",
      answered,
      approval({ message: "Release to production?", detail: staging.url }),
    );
    const production = local({ name: "production", requires: ["tests", "answers", "approval"] });
    // A release that goes wrong shows beside one that does not: where it is live already, this does nothing.
    const good = release.deploy("last good", {
      to: production,
      app: app(approved, "none"),
      strategy: rolling(),
      when: when(params.break !== "none", "--break is given"),
    });
    release.deploy("api", {
      to: production,
      after: [good],
      app: app(approved, params.break),
      strategy: canary({
        steps: [20, 50],
        every: "6s",
        analysis: [
          errorRate(),
          latency({ quantile: 0.95 }),
          scores({
            name: "answers",
            query: async ({ stable, candidate, signal }) => {
              if (stable === undefined || candidate === undefined) return [];
              const sides = { stable: stable.url, candidate: candidate.url };
              const pairs = await pairedScores(sides, { sample: 20, signal });
              return pairs.map((pair) => ({ baseline: pair.stable, candidate: pair.candidate }));
            },
          }),
        ],
      }),
      load: sh`node scripts/traffic.mjs --rps ${params.rps} --url "$SLUICE_TARGET_URL"`,
    });
  },
);

export default pipe;
pipe.main();
