import { sameJson } from "../lib/compare.mjs";

/** What the harness does with questions that have no answer: it says so and goes on. */
const base64 = (...bytes) => Buffer.from(bytes).toString("base64");

export const stories = {
  "JSON without types still has the content"(t) {
    const ann = t.person();
    ann.types(0, "abc");
    t.script.send({ cmd: "json", doc: ann.name }, ({ json }) => sameJson("abc", json?.content));
  },

  "it goes on after commands that make no sense"(t) {
    const ann = t.person();
    ann.types(0, "abc");
    t.refuses({ cmd: "dance", doc: ann.name });
    t.refuses({ doc: ann.name });
    t.refuses({ cmd: "text", doc: "nobody" });
    t.refuses({ cmd: "text" });
    t.refuses([]);
    t.refuses("text");
    t.refuses({ cmd: "insert", doc: ann.name, index: -1, content: "x" });
    t.refuses({ cmd: "insert", doc: ann.name, index: "0", content: "x" });
    t.refuses({ cmd: "insert", doc: ann.name, index: 0 });
    t.refuses({ cmd: "delete", doc: ann.name, index: 0, length: -1 });
    t.refuses({ cmd: "apply", doc: ann.name, update: "not base64!" });
    t.refuses({ cmd: "abspos", doc: ann.name, relpos: 5 });
    ann.reads("abc");
  },

  "edits behind the end are refused"(t) {
    const ann = t.person();
    ann.types(0, "abc");
    t.refuses({ cmd: "insert", doc: ann.name, index: 4, content: "x" });
    t.refuses({ cmd: "delete", doc: ann.name, index: 2, length: 2 });
    ann.reads("abc");
  },

  "updates that cannot be read change nothing"(t) {
    const ann = t.person();
    const update = ann.types(0, "abc");
    const refuses = (...bytes) =>
      t.refuses({ cmd: "apply", doc: ann.name, update: base64(...bytes) });
    refuses();
    refuses(0);
    refuses(1);
    refuses(1, 1, 9, 0, 0x1f);
    refuses(255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255);
    refuses(1, 1, 9, 0, 4, 1, 1, 120, 2, 0xff, 0xfe, 0);
    refuses(1, 1, 9, 0, 4, 1, 1, 120, 3, 0xed, 0xa0, 0x80, 0);
    refuses(1, 1, 9, 0, 4, 1, 1, 120, 100, 97, 0);
    for (let length = 1; length < update.length; length++)
      refuses(...update.subarray(0, length));
    ann.reads("abc");
  },

  "state vectors that cannot be read are errors"(t) {
    const ann = t.person();
    ann.types(0, "abc");
    t.refuses({ cmd: "encode", doc: ann.name, sv: base64(1) });
    t.refuses({ cmd: "encode", doc: ann.name, sv: base64(2, 1, 1) });
    t.refuses({ cmd: "diff", update: base64(1), sv: base64(0) });
    t.refuses({ cmd: "merge", updates: [base64(0, 0), base64(1)] });
    ann.reads("abc");
  },
};
