import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { onTestFinished } from "vitest";

/** Where the lab's Prometheus is. */
export const PROMETHEUS = process.env["SLUICE_PROMETHEUS"] ?? "";

interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** A namespace of the test's own, so that no series of an earlier test has the same labels. */
export function newNamespace(): string {
  return `prom-${randomBytes(4).toString("hex")}`;
}

/** Has the lab's Prometheus scrape these addresses, under their pods' names, until the test is over. */
export function scrape(namespace: string, pods: Readonly<Record<string, string>>): void {
  setScrapes(namespace, pods);
  onTestFinished(() => {
    setScrapes(namespace, {});
  });
}

/** Has the lab's Prometheus scrape these addresses, and no others in their namespace, from now on. */
export function setScrapes(namespace: string, pods: Readonly<Record<string, string>>): void {
  const ours = Object.entries(pods).map(([pod, address]) => ({
    targets: [address],
    labels: { namespace, pod },
  }));
  change((others) => [...others.filter(({ labels }) => labels["namespace"] !== namespace), ...ours]);
}

function change(edit: (groups: readonly TargetGroup[]) => readonly TargetGroup[]): void {
  const file = process.env["SLUICE_PROMETHEUS_TARGETS"] ?? "";
  const groups = edit(JSON.parse(readFileSync(file, "utf8")) as readonly TargetGroup[]);
  const half = `${file}.${String(process.pid)}`;
  writeFileSync(half, JSON.stringify(groups));
  renameSync(half, file);
}
