import type { Net } from "./nets.ts";
import type { TrackEnd, Way } from "./pieces.ts";

interface Arrival {
  readonly kind: Net["kind"];
  readonly end: TrackEnd;
  /** Where the line comes from, in the order of heights. */
  readonly from: number;
}

/** Between lines of different kinds that end at one card, at a low box and at a high one. */
const CLOSE = 7;
const WIDE = 10;

/**
 * Lets lines of different kinds end beside each other, so that none hides another; those of one kind end together.
 * A line that can be straight stays so.
 */
export function spreadArrivals(nets: readonly Net[], ways: readonly (readonly Way[])[]): void {
  const places = new Map<string, { readonly arrivals: Arrival[]; readonly height: number }>();
  nets.forEach((net, index) => {
    for (const { source, target, end } of ways[index] ?? []) {
      const key = `${target.port.row} ${target.port.gutter} ${target.port.y}`;
      const place = places.get(key) ?? { arrivals: [], height: target.port.height };
      places.set(key, place);
      const from = (source.row - target.port.row) * FAR + source.y - target.port.y;
      place.arrivals.push({ kind: net.kind, end, from });
    }
  });
  for (const { arrivals, height } of places.values()) spread(arrivals, height < 40 ? CLOSE : WIDE);
}

const FAR = 1e6;

function spread(arrivals: readonly Arrival[], step: number): void {
  const kinds = [...new Set(arrivals.map((one) => one.kind))];
  if (kinds.length === 1) return;
  const mean = new Map(
    kinds.map((kind) => {
      const own = arrivals.filter((one) => one.kind === kind).map((one) => one.from);
      return [kind, own.includes(0) ? 0 : own.reduce((sum, from) => sum + from, 0) / own.length];
    }),
  );
  const sorted = kinds.sort((a, b) => (mean.get(a) ?? 0) - (mean.get(b) ?? 0));
  const straight = sorted.findIndex((kind) => mean.get(kind) === 0);
  const middle = straight === -1 ? (sorted.length - 1) / 2 : straight;
  for (const { kind, end } of arrivals) end.shift = (sorted.indexOf(kind) - middle) * step;
}
