/**
 * Damages an update: what a broken disk, a bad network or an idle attacker would make of it.
 */
export function mutate(random, bytes, other) {
  let result = Uint8Array.from(bytes);
  for (
    let i = random.weighted([
      [6, 1],
      [2, 2],
      [1, 5],
    ]);
    i > 0;
    i--
  ) {
    if (result.length > 0) result = random.weighted(kMutations)(random, result, other);
  }
  return result;
}

/** Bytes that mean something in updates: kinds of content, number ends, bounds. */
const kTellingBytes = [
  0, 1, 2, 4, 7, 8, 10, 0x1f, 0x20, 0x40, 0x7f, 0x80, 0x84, 0xc4, 0xed, 0xfe, 0xff,
];

const kMutations = [
  [6, flipBit],
  [6, setByte],
  [3, (random, bytes) => nudge(random, bytes)],
  [3, (random, bytes) => without(bytes, random.below(bytes.length), random.between(1, 4))],
  [3, insertBytes],
  [2, (random, bytes) => bytes.slice(0, random.below(bytes.length))],
  [2, repeatSlice],
  [2, splice],
  [1, swapHalves],
  [1, lengthenNumber],
];

function flipBit(random, bytes) {
  bytes[random.below(bytes.length)] ^= 1 << random.below(8);
  return bytes;
}

function setByte(random, bytes) {
  bytes[random.below(bytes.length)] = random.pick(kTellingBytes);
  return bytes;
}

/** One more or one less: off-by-one clocks, lengths and counts. */
function nudge(random, bytes) {
  bytes[random.below(bytes.length)] += random.chance(0.5) ? 1 : 255;
  return bytes;
}

function insertBytes(random, bytes) {
  const at = random.between(0, bytes.length);
  const added = random.list(random.between(1, 3), () => random.pick(kTellingBytes));
  return Uint8Array.from([...bytes.slice(0, at), ...added, ...bytes.slice(at)]);
}

function repeatSlice(random, bytes) {
  const at = random.below(bytes.length);
  const slice = bytes.slice(at, at + random.between(1, 12));
  return Uint8Array.from([...bytes.slice(0, at), ...slice, ...bytes.slice(at)]);
}

/** The start of one update with the end of another. */
function splice(random, bytes, other) {
  const tail = other.slice(random.below(other.length + 1));
  return Uint8Array.from([...bytes.slice(0, random.between(0, bytes.length)), ...tail]);
}

function swapHalves(random, bytes) {
  const at = random.below(bytes.length);
  return Uint8Array.from([...bytes.slice(at), ...bytes.slice(0, at)]);
}

/** Writes a one-byte number in two bytes. */
function lengthenNumber(random, bytes) {
  const at = random.below(bytes.length);
  if (bytes[at] >= 0x80) return bytes;
  return Uint8Array.from([...bytes.slice(0, at), bytes[at] | 0x80, 0, ...bytes.slice(at + 1)]);
}

function without(bytes, at, count) {
  return Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(at + count)]);
}
