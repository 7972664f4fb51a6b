import { asyncAuto } from "./async.ts";
import { effect } from "./effect.ts";
import { gitlabCiLocal } from "./gitlab-ci-local.ts";
import { gulp } from "./gulp.ts";
import { listr2 } from "./listr2.ts";
import { make } from "./make.ts";
import { moon } from "./moon.ts";
import { ninja } from "./ninja.ts";
import { nodeBound, tsxBound } from "./node.ts";
import { nx } from "./nx.ts";
import { pGraph } from "./p-graph.ts";
import type { Peer } from "./peer.ts";
import { sluice, sluiceTsx } from "./sluice.ts";
import { turbo } from "./turbo.ts";
import { wireit } from "./wireit.ts";

/** The rows that every table begins with. */
export const OWN: readonly Peer[] = [nodeBound, tsxBound, sluice, sluiceTsx];

export const PEERS: readonly Peer[] = [
  make,
  ninja,
  wireit,
  turbo,
  nx,
  moon,
  gulp,
  pGraph,
  listr2,
  gitlabCiLocal,
  asyncAuto,
  effect,
];
