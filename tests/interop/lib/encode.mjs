/**
 * Writes updates by hand, byte by byte, so that they can be what no program of good will would
 * write. The format is Yjs's update format v1 (yjs/src/utils/UpdateEncoder.js,
 * lib0/encoding.js).
 */

export const kRef = {
  gc: 0,
  deleted: 1,
  json: 2,
  binary: 3,
  string: 4,
  embed: 5,
  format: 6,
  type: 7,
  any: 8,
  doc: 9,
  skip: 10,
};

const kOriginBit = 0x80;
const kRightOriginBit = 0x40;
const kParentSubBit = 0x20;

/** Variable-length unsigned integer, with `extra` bytes more than needed. */
export function uint(value, extra = 0) {
  const bytes = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    const last = rest < 128n;
    bytes.push(Number(rest & 127n) | (last && extra === 0 ? 0 : 128));
    if (!last) continue;
    for (let i = extra; i > 0; i--) bytes.push(i === 1 ? 0 : 128);
    return bytes;
  }
}

/** Bytes with their length in front. */
export const buffer = (bytes) => [...uint(bytes.length), ...bytes];

export const string = (text) => buffer([...Buffer.from(text, "utf8")]);

export const id = ([client, clock]) => [...uint(client), ...uint(clock)];

/**
 * One item. `content` is what follows the item's head; `bits` are added to its first byte.
 *
 * @param {{ ref: number, origin?: number[], rightOrigin?: number[], parent?: string | number[],
 *   parentSub?: string, content: number[], bits?: number }} item
 */
export function item({
  ref,
  origin,
  rightOrigin,
  parent = "content",
  parentSub,
  content,
  bits = 0,
}) {
  const info = ref | (origin ? kOriginBit : 0) | (rightOrigin ? kRightOriginBit : 0) | bits;
  const withSub = parentSub === undefined ? info : info | kParentSubBit;
  const head = [withSub];
  if (origin) head.push(...id(origin));
  if (rightOrigin) head.push(...id(rightOrigin));
  if (!origin && !rightOrigin) {
    if (typeof parent === "string") head.push(1, ...string(parent));
    else head.push(0, ...id(parent));
    if (parentSub !== undefined) head.push(...string(parentSub));
  }
  return [...head, ...content];
}

export const text = (value, place = {}) =>
  item({ ref: kRef.string, content: string(value), ...place });
export const gc = (length) => [kRef.gc, ...uint(length)];
export const skip = (length) => [kRef.skip, ...uint(length)];

/**
 * A whole update.
 *
 * @param {{ client: number, clock?: number, structs: number[][] }[]} blocks
 * @param {[number, [number, number][]][]} deletes ranges (clock, length) by client
 */
export function update(blocks, deletes = []) {
  return Uint8Array.from([
    ...uint(blocks.length),
    ...blocks.flatMap(({ client, clock = 0, structs }) => [
      ...uint(structs.length),
      ...uint(client),
      ...uint(clock),
      ...structs.flat(),
    ]),
    ...deleteSet(deletes),
  ]);
}

export function deleteSet(deletes) {
  return [
    ...uint(deletes.length),
    ...deletes.flatMap(([client, ranges]) => [
      ...uint(client),
      ...uint(ranges.length),
      ...ranges.flatMap(([clock, length]) => [...uint(clock), ...uint(length)]),
    ]),
  ];
}
