import { pipeline, sh } from "sluice";
import { z } from "zod";

/** A pipeline to be imported: nothing runs until somebody runs it. */
export const checks = pipeline(
  { name: "checks", params: { files: z.number().int().positive().default(3) } },
  (p, { params }) => {
    const count = p.stage("count");
    const files = count.job("files", () =>
      Array.from({ length: params.files }, (_, index) => `file-${index}.txt`),
    );
    const lines = count.job("lines", {
      needs: { files },
      run: ({ files: names }) => ({ files: names.length, lines: names.length * 40 }),
    });
    count.job("disk", sh`df -P .`);
    p.stage("judge").gate("enough", lines, ({ lines: total }) => total >= 100);
  },
);
