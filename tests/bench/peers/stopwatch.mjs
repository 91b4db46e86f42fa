export class TooSlow extends Error {}

/** Lets a long loop notice that it has taken too long. */
export class Deadline {
  #end;

  constructor(limitMs) {
    this.#end = performance.now() + limitMs;
  }

  check() {
    if (performance.now() > this.#end) throw new TooSlow();
  }
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
