import * as Y from "yjs";
import {
  buffer,
  deleteSet,
  gc,
  id,
  item,
  kRef,
  skip,
  string,
  text,
  uint,
  update,
} from "../lib/encode.mjs";

/**
 * Updates made to do harm, each aimed at one rule. `rules` are those that strict mode has to
 * refuse;
 * `puzzles` are odd enough that it may or may not, as long as it then agrees with Yjs.
 *
 * Every maker gets a `Target` and returns an update, or null where it has no opportunity.
 */

/** What an attacker knows of the document. */
export class Target {
  /**
   * @param {import("../lib/random.mjs").Random} random
   * @param {Y.Doc} ydoc the document as it is
   * @param {number[]} leased ids that the sender may use
   */
  constructor(random, ydoc, leased) {
    this.random = random;
    this.ydoc = ydoc;
    this.me = random.pick(leased);
    this.leased = leased;
    this.stranger = 4_000_000_000 + random.below(1000);
    this.next = Y.getState(ydoc.store, this.me);
    this.known = [...ydoc.store.clients].map(([client, structs]) => {
      const last = structs[structs.length - 1];
      return { client, end: last.id.clock + last.length };
    });
  }

  /** New text by the sender, where it may stand. */
  fresh(structs, deletes = []) {
    return update([{ client: this.me, clock: this.next, structs }], deletes);
  }

  /** A unit that exists, or null. */
  unit() {
    if (this.known.length === 0) return null;
    const { client, end } = this.random.pick(this.known);
    return [client, this.random.below(end)];
  }

  /** A text item that is still there, or null. */
  livingText() {
    const items = [];
    for (let at = this.ydoc.getText("content")._start; at !== null; at = at.right) {
      if (!at.deleted && at.content instanceof Y.ContentString) items.push(at);
    }
    return items.length === 0 ? null : this.random.pick(items);
  }
}

const refused = {
  "other content under a known clock"(t) {
    const known = t.livingText();
    if (known === null) return null;
    const other = Array.from(known.content.str, (c) =>
      c === "A" ? "B" : "A".repeat(c.length),
    ).join("");
    const place = known.origin ? { origin: [known.origin.client, known.origin.clock] } : {};
    if (known.rightOrigin)
      place.rightOrigin = [known.rightOrigin.client, known.rightOrigin.clock];
    return update([
      { client: known.id.client, clock: known.id.clock, structs: [text(other, place)] },
    ]);
  },
  "a collected block": (t) => t.fresh([gc(t.random.pick([1, 5, 1000, 2 ** 31, 2 ** 50]))]),
  "a collected block under a stranger's id": (t) =>
    update([{ client: t.stranger, structs: [gc(2 ** 50)] }]),
  "a skipped block": (t) => t.fresh([skip(3), text("x")]),
  "a skipped block alone": (t) => t.fresh([skip(t.random.pick([1, 2 ** 40]))]),
  "an id that is not leased": (t) => update([{ client: t.stranger, structs: [text("x")] }]),
  "a leased and another id": (t) =>
    update([
      { client: t.stranger, structs: [text("x")] },
      { client: t.me, clock: t.next, structs: [text("y")] },
    ]),
  "a clock that leaves a gap": (t) =>
    update([{ client: t.me, clock: t.next + 1 + t.random.below(5), structs: [text("x")] }]),
  "a clock far in the future": (t) =>
    update([
      {
        client: t.me,
        clock: t.random.pick([2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1]),
        structs: [text("x")],
      },
    ]),
  "a number over 2^53": (t) =>
    Uint8Array.from([
      1,
      1,
      ...uint(t.me),
      ...uint(2n ** 60n),
      4,
      1,
      ...string("content"),
      ...string("x"),
      0,
    ]),
  "a number that never ends": (t) =>
    Uint8Array.from([1, 1, ...uint(t.me), ...Array(40).fill(0xff)]),
  "a dependency on an unknown client": (t) => t.fresh([text("x", { origin: [t.stranger, 0] })]),
  "a dependency to the right on an unknown client": (t) =>
    t.fresh([text("x", { rightOrigin: [t.stranger, 7] })]),
  "a dependency on a clock to come"(t) {
    const other = t.leased.find((client) => client !== t.me);
    return t.fresh([
      text("x", { origin: [other, Y.getState(t.ydoc.store, other) + t.random.below(3)] }),
    ]);
  },
  "a dependency on itself": (t) => t.fresh([text("x", { origin: [t.me, t.next] })]),
  "a parent that does not exist": (t) => t.fresh([text("x", { parent: [t.stranger, 3] })]),
  "the number of blocks written long": (t) =>
    Uint8Array.from([0x81, 0, ...t.fresh([text("x")]).slice(1)]),
  "the number of structs written long": (t) => longNumber(t, 1),
  "the client written long": (t) => longNumber(t, 2),
  "the clock written long": (t) => longNumber(t, 3),
  "a string's length written long": (t) =>
    t.fresh([item({ ref: kRef.string, content: [...uint(1, 1), 120] })]),
  "an origin written long"(t) {
    const unit = t.unit();
    if (unit === null) return null;
    return t.fresh([[0x84, ...uint(unit[0], 1), ...uint(unit[1]), ...string("x")]]);
  },
  "the number of deletions written long": (t) =>
    Uint8Array.from([...t.fresh([text("x")]).slice(0, -1), 0x80, 0]),
  "a deletion's clock written long"(t) {
    const unit = t.unit();
    return unit && Uint8Array.from([0, 1, ...uint(unit[0]), 1, ...uint(unit[1], 2), 1]);
  },
  "a deleted block of impossible length": (t) =>
    t.fresh([
      item({
        ref: kRef.deleted,
        content: uint(t.random.pick([2 ** 31, 2 ** 40, 2 ** 50, 2 ** 53 - 1])),
      }),
    ]),
  "a deletion of what does not exist yet"(t) {
    const unit = t.unit();
    if (unit === null) return null;
    const end = Y.getState(t.ydoc.store, unit[0]);
    return update([], [[unit[0], [[end, t.random.between(1, 3)]]]]);
  },
  "a deletion of which a part does not exist yet"(t) {
    const unit = t.unit();
    if (unit === null) return null;
    const end = Y.getState(t.ydoc.store, unit[0]);
    return update([], [[unit[0], [[end - 1, t.random.pick([2, 100, 2 ** 31, 2 ** 53 - 1])]]]]);
  },
  "a deletion of a stranger's text": (t) => update([], [[t.stranger, [[0, 1]]]]),
  "deletions out of order": (t) =>
    twoDeletions(t, (clock) => [
      [clock + 2, 1],
      [clock, 1],
    ]),
  "deletions that overlap": (t) =>
    twoDeletions(t, (clock) => [
      [clock, 2],
      [clock + 1, 2],
    ]),
  "the same deletion twice": (t) =>
    twoDeletions(t, (clock) => [
      [clock, 1],
      [clock, 1],
    ]),
  "a deletion of nothing": (t) => twoDeletions(t, (clock) => [[clock, 0]]),
  "one client twice in the deletions"(t) {
    const known = t.known.find(({ end }) => end > 4);
    return known === undefined
      ? null
      : update(
          [],
          [
            [known.client, [[0, 1]]],
            [known.client, [[2, 1]]],
          ],
        );
  },
  "text that is no UTF-8": (t) =>
    t.fresh([
      item({
        ref: kRef.string,
        content: buffer(
          t.random.pick([
            [0xff],
            [0x61, 0xfe],
            [0xc0, 0x80],
            [0xe2, 0x82],
            [0x80],
            [0xf4, 0x90, 0x80, 0x80],
            [0xc1, 0xbf],
            [0xe0, 0x80, 0x80],
            [0xf0, 0x80, 0x80, 0x80],
            [0xf8, 0x88, 0x80, 0x80, 0x80],
          ]),
        ),
      }),
    ]),
  "half a surrogate pair": (t) =>
    t.fresh([
      item({
        ref: kRef.string,
        content: buffer(
          t.random.pick([
            [0xed, 0xa0, 0x80],
            [0x61, 0xed, 0xbf, 0xbf],
          ]),
        ),
      }),
    ]),
  "a surrogate pair in six bytes": (t) =>
    t.fresh([
      item({ ref: kRef.string, content: buffer([0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]) }),
    ]),
  "a root whose name is no UTF-8": (t) => t.fresh([[4, 1, 2, 0xff, 0xff, ...string("x")]]),
  "an unknown kind of content": (t) =>
    t.fresh([item({ ref: t.random.between(11, 31), content: string("x") })]),
  "JSON content": (t) => t.fresh([item({ ref: kRef.json, content: [1, ...string("1")] })]),
  "binary content": (t) => t.fresh([item({ ref: kRef.binary, content: buffer([1, 2, 3]) })]),
  "an embed": (t) => t.fresh([item({ ref: kRef.embed, content: string('{"a":1}') })]),
  "a format": (t) =>
    t.fresh([item({ ref: kRef.format, content: [...string("bold"), ...string("true")] })]),
  "a type": (t) => t.fresh([item({ ref: kRef.type, content: uint(t.random.below(9)) })]),
  "any content": (t) => t.fresh([item({ ref: kRef.any, content: [1, 125, 1] })]),
  "any content with an integer over 2^53": (t) =>
    t.fresh([
      item({
        ref: kRef.any,
        content: [1, 125, 0xbf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
      }),
    ]),
  "a nested document": (t) =>
    t.fresh([item({ ref: kRef.doc, content: [...string("guid"), 118, 0] })]),
  "blocks that are announced and not there": (t) =>
    Uint8Array.from([...uint(2 ** t.random.between(1, 52)), ...t.fresh([]).slice(1)]),
  "structs that are announced and not there": (t) =>
    Uint8Array.from([
      1,
      ...uint(2 ** t.random.between(1, 52)),
      ...uint(t.me),
      ...uint(t.next),
      ...text("x"),
      0,
    ]),
  "deletions that are announced and not there": (t) =>
    Uint8Array.from([0, 1, ...uint(t.me), ...uint(2 ** t.random.between(1, 52)), 0, 1]),
  "text that is announced and not there": (t) =>
    t.fresh([[4, 1, ...string("content"), ...uint(2 ** t.random.between(10, 52)), 120]]),
  "half of an update"(t) {
    const whole = t.fresh([text("hello")], []);
    return whole.slice(0, t.random.below(whole.length));
  },
  "nothing at all": () => new Uint8Array(0),
};

const odd = {
  "an update that changes nothing": () => Uint8Array.of(0, 0),
  "something behind the end": (t) =>
    Uint8Array.of(...t.fresh([text("x")]), ...t.random.list(3, () => t.random.below(256))),
  "one client in two blocks": (t) =>
    update([
      { client: t.me, clock: t.next, structs: [text("x")] },
      { client: t.me, clock: t.next + 1, structs: [text("y", { origin: [t.me, t.next] })] },
    ]),
  "a block without structs": (t) => t.fresh([]),
  "clients in rising order": (t) =>
    update(
      [...t.leased]
        .sort((a, b) => a - b)
        .map((client) => ({
          client,
          clock: Y.getState(t.ydoc.store, client),
          structs: [text("r")],
        })),
    ),
  "text of no length": (t) => t.fresh([text("")]),
  "text of no length, then more": (t) =>
    t.fresh([text(""), text("x", { origin: t.unit() ?? undefined })]),
  "a deleted block of no length": (t) => t.fresh([item({ ref: kRef.deleted, content: [0] })]),
  "a deleted block": (t) =>
    t.fresh([item({ ref: kRef.deleted, content: uint(t.random.between(1, 9)) })]),
  "a long deleted block": (t) => t.fresh([item({ ref: kRef.deleted, content: uint(2 ** 20) })]),
  "another root": (t) => t.fresh([text("x", { parent: "elsewhere" })]),
  "a root without a name": (t) => t.fresh([text("x", { parent: "" })]),
  "a key in the text": (t) => t.fresh([text("x", { parentSub: "key" })]),
  "a text as parent"(t) {
    const unit = t.unit();
    return unit && t.fresh([text("x", { parent: unit })]);
  },
  "origins anywhere"(t) {
    const [left, right] = [t.unit(), t.unit()];
    return left && right && t.fresh([text("x", { origin: left, rightOrigin: right })]);
  },
  "origins the wrong way round"(t) {
    const first = t.livingText();
    const last = t.livingText();
    if (first === null) return null;
    const ids = [first.id, last.id].map(({ client, clock }) => [client, clock]);
    return t.fresh([text("x", { origin: ids[0], rightOrigin: ids[1] })]);
  },
  "several texts at the start": (t) => t.fresh([text("a"), text("b"), text("c")]),
  "parent information that is neither yes nor no"(t) {
    const unit = t.unit() ?? [t.me, 0];
    return t.fresh([[4, 2, ...id(unit), ...string("x")]]);
  },
  "bits that mean nothing here"(t) {
    const unit = t.unit();
    return unit && t.fresh([text("x", { origin: unit, bits: 0x20 })]);
  },
  "a text that starts inside what is known"(t) {
    if (t.next < 2) return null;
    return update([
      {
        client: t.me,
        clock: t.next - 1,
        structs: [text("xyz", { origin: [t.me, t.next - 2] })],
      },
    ]);
  },
  "text that is deleted at once": (t) => t.fresh([text("gone")], [[t.me, [[t.next, 2]]]]),
  "a deletion of everything": (t) =>
    update(
      [],
      t.known.map(({ client, end }) => [client, [[0, end]]]),
    ),
  "deletions of clients in rising order"(t) {
    const rising = [...t.known].sort((a, b) => a.client - b.client);
    return Uint8Array.from([0, ...deleteSet(rising.map(({ client }) => [client, [[0, 1]]]))]);
  },
  "deletions that touch": (t) =>
    twoDeletions(t, (clock) => [
      [clock, 1],
      [clock + 1, 1],
    ]),
  "a client without deletions": (t) => update([], [[t.me, []]]),
  "the marks that byte orders leave": (t) => t.fresh([text("\ufeff\ufffe\u0000\ufffd")]),
};

const asList = (makers) => Object.entries(makers).map(([name, make]) => ({ name, make }));

/** What strict mode must not let in. */
export const rules = asList(refused);
/** Those of them that only hold for the document of a file. */
const kFileRules = [
  "JSON content",
  "binary content",
  "an embed",
  "a format",
  "a type",
  "any content",
  "a nested document",
];
/** The collected block may be short enough for an open document. */
const kClosedRules = [...kFileRules, "a collected block"];
/** Whether a document that may hold such kinds may take it. */
export const isAllowed = (name, kinds) =>
  (kinds === "any" && kFileRules.includes(name)) ||
  (kinds === "open" && kClosedRules.includes(name));
/** What it may judge either way. */
export const puzzles = asList(odd);

/** Writes one of the numbers at the head of an update in more bytes than it needs. */
function longNumber(t, which) {
  const numbers = [1, 1, t.me, t.next].map((number, index) =>
    uint(number, index === which ? 1 : 0),
  );
  return Uint8Array.from([...numbers.flat(), ...text("x"), 0]);
}

function twoDeletions(t, ranges) {
  const known = t.known.find(({ end }) => end > 4);
  if (known === undefined) return null;
  return update([], [[known.client, ranges(t.random.below(known.end - 3))]]);
}
