/**
 * A small seeded generator (sfc32), so that a number on a command line brings a case back on
 * any machine. Not for secrets.
 */
export class Random {
  #a;
  #b;
  #c;
  #counter = 1;

  /** @param {number} seed any integer; its low 32 bits count */
  constructor(seed) {
    this.#a = 0x9e3779b9;
    this.#b = seed >>> 0;
    this.#c = 0x243f6a88;
    for (let i = 0; i < 12; i++) this.u32();
  }

  /** An integer in 0 .. 2^32 - 1. */
  u32() {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return t >>> 0;
  }

  /** A number in [0, 1). Rounded, so that printed plans stay short. */
  fraction() {
    return Math.floor((this.u32() / 2 ** 32) * 1e6) / 1e6;
  }

  /** An integer in 0 .. limit - 1. */
  below(limit) {
    return Math.floor((this.u32() / 2 ** 32) * limit);
  }

  /** An integer in low .. high, both included. */
  between(low, high) {
    return low + this.below(high - low + 1);
  }

  chance(probability) {
    return this.u32() / 2 ** 32 < probability;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** One value of `[[weight, value], ...]`. */
  weighted(choices) {
    const total = choices.reduce((sum, [weight]) => sum + weight, 0);
    let at = (this.u32() / 2 ** 32) * total;
    for (const [weight, value] of choices) {
      at -= weight;
      if (at < 0) return value;
    }
    return choices[choices.length - 1][1];
  }

  /** The list in another order; the argument stays as it is. */
  shuffled(list) {
    const result = [...list];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [result[i], result[j]] = [result[j], result[i]];
    }
    return result;
  }

  list(count, make) {
    return Array.from({ length: count }, (_, index) => make(index));
  }
}

/** The seed of the `index`-th case of a run: neighbours share nothing. */
export function caseSeed(seed, index) {
  let h = (seed ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
  return (h ^ (h >>> 16)) >>> 0;
}
