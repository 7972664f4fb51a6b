import type { PlanNode } from "../model/index.ts";

/**
 * Who may run: the run's concurrency and named locks. A node takes all that it needs at once or nothing, so nothing
 * deadlocks. Nodes start in the order in which they became ready; one that only waits for a lock steps aside, one that
 * is too heavy for the places left holds the line, so that it is not starved by light ones.
 */
export class Resources {
  readonly #limit: number;
  readonly #held = new Set<string>();
  /** Nodes that wait for a lock, by that lock. */
  readonly #waiting = new Map<string, number[]>();
  #queue: number[] = [];
  #head = 0;
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  enqueue(index: number): void {
    this.#queue.push(index);
  }

  /** The next node that may run now, its resources taken; -1 where none may. */
  take(nodes: readonly PlanNode[]): number {
    while (this.#head < this.#queue.length) {
      const index = this.#queue[this.#head] ?? 0;
      const node = nodes[index] as PlanNode;
      const lock = node.locks.find((one) => this.#held.has(one));
      if (lock !== undefined) {
        this.#advance();
        const line = this.#waiting.get(lock);
        if (line === undefined) this.#waiting.set(lock, [index]);
        else line.push(index);
        // It may have been woken for another lock, which is still free: the next in that line gets its turn.
        for (const one of node.locks) if (!this.#held.has(one)) this.#wake(one);
        continue;
      }
      const weight = this.#weight(node);
      if (this.#used + weight > this.#limit) return -1;
      this.#advance();
      this.#used += weight;
      for (const one of node.locks) this.#held.add(one);
      return index;
    }
    return -1;
  }

  release(node: PlanNode): void {
    this.#used -= this.#weight(node);
    for (const lock of node.locks) this.#held.delete(lock);
    for (const lock of node.locks) this.#wake(lock);
  }

  /** Forgets everything that has not started. */
  clear(): void {
    this.#queue = [];
    this.#head = 0;
    this.#waiting.clear();
  }

  /** Puts the first that waits for a lock at the front: it was ready before anything that is queued now. */
  #wake(lock: string): void {
    const line = this.#waiting.get(lock);
    const first = line?.shift();
    if (line === undefined || first === undefined) return;
    if (line.length === 0) this.#waiting.delete(lock);
    if (this.#head > 0) this.#queue[--this.#head] = first;
    else this.#queue.unshift(first);
  }

  #advance(): void {
    this.#head++;
    // The consumed front is dropped now and then, which keeps memory bounded at constant cost per node.
    if (this.#head > 1_024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }

  #weight(node: PlanNode): number {
    return Math.min(node.weight, this.#limit);
  }
}
