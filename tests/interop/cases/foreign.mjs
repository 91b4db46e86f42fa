import { buffer, gc, item, kRef, skip, string, text, uint, update } from "../lib/encode.mjs";

/**
 * Updates as other programs write them. Yjs reads more forms than it writes; after it has read
 * one, its own encoding has the form that it would have written itself.
 */

const float64 = (value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return [123, ...bytes];
};
const float32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(value);
  return [124, ...bytes];
};
const bigint = (value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return [122, ...bytes];
};
const anyString = (value) => [119, ...string(value)];
const anyItem = (values, place = { parent: "a" }) =>
  item({ ref: kRef.any, content: [...uint(values.length), ...values.flat()], ...place });
const embed = (json, place) => item({ ref: kRef.embed, content: string(json), ...place });

/** An update that only deletes: `[client, "clock+length …"]`. */
const deleting = (...clients) =>
  update(
    [],
    clients.map(([client, ranges]) => [
      client,
      (ranges.match(/\S+/g) ?? []).map((range) => range.split("+")),
    ]),
  );

function read(t, bytes, roots = {}) {
  t.roots(roots);
  const [ann, ben] = [t.person({ client: 901 }), t.person({ client: 902, gc: false })];
  ann.receives(bytes);
  ben.receives(bytes);
  ann.checksEncoding();
  const cem = t.person({ client: 903 });
  cem.pullsFrom(ben);
  t.merged(bytes, bytes);
  t.cut(bytes, Uint8Array.of(0));
  return ann;
}

export const stories = {
  "numbers in forms longer than needed are written short"(t) {
    const values = [
      float64(1),
      float64(0.5),
      float64(0.1),
      float64(-0),
      float64(2 ** 31),
      float64(2 ** 31 - 1),
      float64(1e300),
      float64(Infinity),
      float32(1),
      float32(0.5),
      float32(-3),
      float32(2 ** 40),
      [125, ...[0x81, 0x80, 0x00]],
      [125, 0x40],
      [125, 0xff, 0xff, 0xff, 0xff, 0x1f],
      bigint(0n),
      bigint(5n),
      bigint(-(2n ** 63n)),
    ];
    read(t, update([{ client: 7, structs: [anyItem(values)] }]), { a: "array" });
  },

  "objects are written with JavaScript's order of keys, each key once"(t) {
    const object = (...entries) => [
      118,
      ...uint(entries.length),
      ...entries.flatMap(([k, v]) => [...string(k), ...v]),
    ];
    const values = [
      object(["b", [120]], ["10", [121]], ["a", [126]], ["9", [127]], ["01", [125, 1]]),
      object(["x", [125, 1]], ["y", [125, 2]], ["x", [125, 3]]),
      object(
        ["", anyString("empty")],
        ["4294967295", [120]],
        ["4294967294", [121]],
        ["-1", [126]],
      ),
      [
        117,
        2,
        ...object(["2", [120]], ["1", object(["b", [120]], ["a", [120]], ["b", [121]])]),
        127,
      ],
    ];
    read(t, update([{ client: 7, structs: [anyItem(values)] }]), { a: "array" });
  },

  "JSON with spaces, escapes and odd numbers is written as JSON.stringify would"(t) {
    const documents = [
      '{ "b" : 1.0 , "a" : [ 1e2 , -0 , 0.1e1 , 1E400 ] }',
      '{"10":1,"9":2,"x":3,"9":4}',
      '"\\u0041\\/\\u00e9\\ud83d\\ude00\\u2028\\u007f"',
      '"\\ud800 alone \\udc00"',
      "12345678901234567890",
      "0.000001",
      "1e-7",
      "123456789012345680000",
      "1e21",
      "5e-324",
      " [ true , false , null , { } , [ ] ] ",
      '"\\b\\t\\n\\f\\r\\u0000\\u001f\\\\"',
    ];
    const structs = documents.map((json, index) =>
      embed(json, index === 0 ? {} : { origin: [7, index - 1] }),
    );
    read(t, update([{ client: 7, structs }]));
  },

  "the oldest kind of content is JSON too, and knows undefined"(t) {
    const values = ["undefined", '"undefined"', " 1.50 ", '{"z":1, "1":2}', "null"];
    const content = [...uint(values.length), ...values.flatMap(string)];
    const ann = read(
      t,
      update([{ client: 7, structs: [item({ ref: kRef.json, parent: "a", content })] }]),
      {
        a: "array",
      },
    );
    for (let clock = 0; clock <= 5; clock++) ann.checksEncoding(Uint8Array.of(1, 7, clock));
    ann.receives(update([], [[7, [[1, 2]]]]));
    ann.checksEncoding();
  },

  "format values are JSON in any form"(t) {
    const format = (key, json, origin) =>
      item({ ref: kRef.format, content: [...string(key), ...string(json)], origin });
    const structs = [
      text("ab"),
      format("bold", " true ", [7, 0]),
      text("cd", { origin: [7, 2] }),
      format("bold", "null", [7, 4]),
    ];
    const ann = read(t, update([{ client: 7, structs }]));
    ann.reads("acdb");
  },

  "numbers longer than needed in every place of an update"(t) {
    const long = (value) => uint(value, 2);
    const bytes = Uint8Array.from([
      ...long(1),
      ...long(2),
      ...long(7),
      ...long(0),
      4,
      1,
      ...long(7),
      ...Buffer.from("content"),
      ...long(3),
      ...Buffer.from("abc"),
      0x84,
      ...long(7),
      ...long(2),
      ...long(3),
      ...Buffer.from("def"),
      ...long(1),
      ...long(7),
      ...long(1),
      ...long(1),
      ...long(3),
    ]);
    read(t, bytes).reads("aef");
  },

  "a map entry that does not repeat that it has a key"(t) {
    const first = anyItem([anyString("old")], { parent: "m", parentSub: "key" });
    const second = anyItem([anyString("new")], { origin: [7, 0] });
    read(t, update([{ client: 7, structs: [first, second] }]), { m: "map" });
  },

  "a list item that claims to have a key"(t) {
    read(
      t,
      update([
        { client: 7, structs: [text("ab"), text("cd", { origin: [7, 1], bits: 0x20 })] },
      ]),
    ).reads("abcd");
  },

  "every kind of type"(t) {
    const type = (ref, place, ...name) =>
      item({ ref: kRef.type, content: [...uint(ref), ...name], ...place });
    const at = (index) => (index === 0 ? { parent: "a" } : { origin: [7, index - 1] });
    const structs = [
      type(0, at(0)),
      type(1, at(1)),
      type(2, at(2)),
      type(3, at(3), ...string("DIV")),
      type(4, at(4)),
      type(5, at(5), ...string("hook")),
      type(6, at(6)),
      anyItem([[125, 1]], { parent: [7, 0] }),
      anyItem([[125, 2]], { parent: [7, 1], parentSub: "key" }),
      text("text", { parent: [7, 2] }),
      anyItem([anyString("id")], { parent: [7, 3], parentSub: "id" }),
      text("xml", { parent: [7, 6] }),
    ];
    read(t, update([{ client: 7, structs }]), { a: "array" });
  },

  "a nested document keeps only the options that Yjs knows"(t) {
    const options = [
      118,
      ...uint(5),
      ...string("meta"),
      125,
      1,
      ...string("autoLoad"),
      120,
      ...string("gc"),
      121,
    ];
    options.push(...string("other"), 120, ...string("shouldLoad"), 121);
    const plain = [118, ...uint(2), ...string("gc"), 120, ...string("autoLoad"), 121];
    const structs = [
      item({ ref: kRef.doc, parent: "a", content: [...string("guid-1"), ...options] }),
      item({ ref: kRef.doc, origin: [7, 0], content: [...string("guid-2"), ...plain] }),
    ];
    read(t, update([{ client: 7, structs }]), { a: "array" });
  },

  "bytes of any value"(t) {
    const binary = (bytes, place) =>
      item({ ref: kRef.binary, content: buffer(bytes), ...place });
    const all = Array.from({ length: 256 }, (_, value) => value);
    read(
      t,
      update([
        { client: 7, structs: [binary([], { parent: "a" }), binary(all, { origin: [7, 0] })] },
      ]),
      {
        a: "array",
      },
    );
  },

  "collected runs of others, next to each other and overlapping"(t) {
    const [ann, ben] = t.persons(2);
    ann.receives(update([{ client: 7, structs: [gc(2), gc(3)] }]));
    ann.receives(update([{ client: 7, clock: 1, structs: [gc(9)] }]));
    ann.receives(
      update([{ client: 7, clock: 10, structs: [text("after", { origin: [7, 3] })] }]),
    );
    ann.receives(update([{ client: 8, structs: [text("lost", { rightOrigin: [7, 12] })] }]));
    ann.reads("");
    ben.pullsFrom(ann);
    ann.receives(update([{ client: 9, structs: [gc(1), text("here")] }]));
    ann.reads("here");
  },

  "deleted runs arrive as deleted"(t) {
    const deleted = (length, place) =>
      item({ ref: kRef.deleted, content: uint(length), ...place });
    const structs = [
      text("ab"),
      deleted(3, { origin: [7, 1] }),
      text("cd", { origin: [7, 4] }),
    ];
    const ann = read(t, update([{ client: 7, structs }]));
    ann.reads("abcd");
    ann.types(2, "-");
    ann.checksEncoding(Uint8Array.of(1, 7, 3));
  },

  "skipped clocks leave the rest pending"(t) {
    const structs = [text("ab"), skip(2), text("ef", { origin: [7, 3] })];
    const [ann] = t.persons(1);
    ann.receives(update([{ client: 7, structs }]));
    ann.isPending(true);
    ann.reads("ab");
    ann.checksEncoding();
    t.merged(
      ann.state(),
      update([{ client: 7, clock: 2, structs: [text("cd", { origin: [7, 1] })] }]),
    );
    ann.receives(update([{ client: 7, clock: 2, structs: [text("cd", { origin: [7, 1] })] }]));
    ann.reads("abcdef");
  },

  "delete ranges out of order, overlapping and repeated"(t) {
    const ann = t.person();
    ann.types(0, "0123456789");
    ann.receives(deleting([1, "5+2 1+2 2+3 5+2 9+1"], [1, "0+1"]));
    ann.reads("78");
    ann.checksEncoding();
    ann.receives(deleting([55, ""], [56, "1+1 3+2"]));
    ann.isPending(true);
    ann.checksEncoding();
  },

  "a block without structs"(t) {
    const bytes = update([
      { client: 9, structs: [] },
      { client: 7, structs: [text("ab")] },
    ]);
    const ann = t.person();
    ann.receives(bytes);
    ann.reads("ab");
    ann.checksEncoding();
  },
};
