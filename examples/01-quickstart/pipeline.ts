import { pipeline, sh } from "sluice";

const pipe = pipeline({ name: "quickstart" }, (p) => {
  const verify = p.stage("verify"); // jobs of one stage run side by side
  const version = verify.job("version", sh`node --version`.text());
  verify.job("sums", sh`node -e ${"if (1 + 1 !== 2) process.exit(1)"}`);
  p.stage("greet").job("hello", sh`echo ${version} says hello`); // a value of another job is an edge
});

pipe.main();
