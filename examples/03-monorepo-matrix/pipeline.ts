// Three packages in one repository: each is tested only when it, or what it uses, has changed.
//
//   npx tsx examples/03-monorepo-matrix/pipeline.ts plan            what would run now, and why
//   npx tsx examples/03-monorepo-matrix/pipeline.ts --base HEAD~5   count changes from another commit
//   npx tsx examples/03-monorepo-matrix/pipeline.ts --all           test everything
import { anyOf, onChange, pipeline, sh, when, type Condition } from "sluice";
import { z } from "zod";

// A reusable part is a plain function, and the packages are plain data.
const PACKAGES = { shared: [], api: ["shared"], web: ["shared"] } as const;

const pipe = pipeline(
  {
    name: "monorepo",
    params: { all: z.boolean().default(false).describe("test every package, changed or not") },
  },
  (p, { params }) => {
    const changed = (name: keyof typeof PACKAGES): Condition => {
      const folders = [name, ...PACKAGES[name]].map((one) => `packages/${one}/**`);
      const touched = onChange("scripts/**", "pipeline.ts", ...folders);
      return anyOf(touched, when(params.all, "--all is given"));
    };

    const lint = p.stage("lint");
    lint.job("syntax", sh`node --check scripts/test-package.mjs`);

    const test = p.stage("test");
    for (const name of ["shared", "api", "web"] as const) {
      test.matrix(
        name,
        { locale: ["en", "de"] },
        ({ locale }) => sh`node scripts/test-package.mjs ${name} ${locale}`,
        {
          when: changed(name),
          timeout: "1m",
        },
      );
    }
  },
);

export default pipe;
pipe.main();
