// A site in two languages: what has not changed is not rendered again.
//
//   npx tsx examples/05-cached-build/pipeline.ts                   the second time, nothing runs but the last job
//   npx tsx examples/05-cached-build/pipeline.ts plan              what would be taken from the cache, and why not
//   npx tsx examples/05-cached-build/pipeline.ts --cache refresh   render everything again
import { artifact, pipeline, sh } from "sluice";

const pipe = pipeline({ name: "cached-build" }, (p) => {
  const render = p.stage("render");
  const site = ["en", "de"].map((language) => {
    const rendered = render.job(language, sh`node scripts/render.mjs ${language}`, {
      // Everything that it reads, its own program too; which command it is counts anyway.
      cache: { inputs: [`pages/${language}/**`, "scripts/render.mjs"] },
      // At a hit these are put back where they are missing or differ.
      artifacts: { pages: `build/${language}/**` },
    });
    return artifact(rendered, "pages");
  });

  const check = p.stage("check");
  // Its inputs are the artifacts of the jobs before it: where all of these are equal, it is not run again either.
  check.job("titles", sh`grep -rc ${"<h1>"} ${site.map((pages) => pages.path)}`, {
    cache: { inputs: "pipeline.ts" },
  });
  check.job("size", sh`du -sk build`);
});

export default pipe;
pipe.main();
