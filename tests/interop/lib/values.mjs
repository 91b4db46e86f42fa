/** Random values as the kinds of content that carry values hold them. */

const kNumbers = [
  0,
  -0,
  1,
  -1,
  63,
  64,
  -64,
  127,
  128,
  8191,
  8192,
  65535,
  2 ** 31 - 1,
  -(2 ** 31 - 1),
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  2 ** 53 - 1,
  -(2 ** 53 - 1),
  2 ** 53,
  2 ** 64,
  1e300,
  0.5,
  0.1,
  -0.25,
  3.4028234663852886e38,
  1.401298464324817e-45,
  5e-324,
  Infinity,
  -Infinity,
  NaN,
];
const kBigInts = [0n, 1n, -1n, 2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)];
const kStrings = [
  "",
  "a",
  "hello",
  "é",
  "😀",
  "漢字",
  "\u0000",
  '"quoted"\\',
  "</script>",
  "line\nbreak",
  "undefined",
];
const kKeys = ["a", "b", "key", "", "1", "02", "10", "é", "😀", "with space", "toString"];

/** A value that lib0's "any" encoding holds: what Y.Map and Y.Array keep. No dates. */
export function anyValue(random, depth = 0) {
  const shallow = [
    [2, () => null],
    [2, () => random.chance(0.5)],
    [5, () => random.pick(kNumbers)],
    [2, () => random.between(-100000, 100000)],
    [5, () => random.pick(kStrings)],
  ];
  if (depth > 0) {
    // These exist only inside a container: on their own they are another kind of content.
    shallow.push([1, () => undefined]);
    shallow.push([1, () => bytes(random)]);
    shallow.push([1, () => random.pick(kBigInts)]);
  }
  if (depth < 3) {
    shallow.push([1, () => random.list(random.below(4), () => anyValue(random, depth + 1))]);
    shallow.push([1, () => object(random, () => anyValue(random, depth + 1))]);
  }
  return random.weighted(shallow)();
}

/** A value that JSON holds: what embeds and formats keep. */
export function jsonValue(random, depth = 0) {
  const choices = [
    [1, () => null],
    [2, () => random.chance(0.5)],
    [3, () => random.pick(kNumbers.filter((n) => Number.isFinite(n)))],
    [4, () => random.pick(kStrings)],
  ];
  if (depth < 2) {
    choices.push([1, () => random.list(random.below(3), () => jsonValue(random, depth + 1))]);
    choices.push([2, () => object(random, () => jsonValue(random, depth + 1))]);
  }
  return random.weighted(choices)();
}

export function bytes(random) {
  return Uint8Array.from(random.list(random.below(12), () => random.below(256)));
}

export function bigInt(random) {
  return random.pick(kBigInts);
}

export function key(random) {
  return random.pick(kKeys);
}

function object(random, makeValue) {
  const result = {};
  for (let i = random.below(4); i > 0; i--) result[key(random)] = makeValue();
  return result;
}
