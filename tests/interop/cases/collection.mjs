import * as Y from "yjs";

/**
 * What becomes of deleted things, with collection and without; and snapshots, which need them.
 */
export const stories = {
  "deleted runs of one author grow together"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "abcdefgh");
    ben.pullsFrom(ann);
    for (const [at, length] of [
      [1, 1],
      [2, 1],
      [4, 2],
      [1, 1],
      [1, 2],
    ]) {
      ben.receives(ann.deletes(at, length));
      ben.checksEncoding();
    }
    ben.reads("a");
  },

  "without collection deleted text stays in the encoding"(t) {
    const ann = t.person();
    const [ben, cem] = [t.person({ gc: false }), t.person({ gc: true })];
    ann.types(0, "secret");
    ben.pullsFrom(ann);
    cem.pullsFrom(ann);
    const update = ann.deletes(0, 6);
    ben.receives(update);
    cem.receives(update);
    ben.checksEncoding();
    cem.checksEncoding();
    cem.receives(ben.state());
    ben.receives(cem.state());
  },

  "typing beside collected text"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "abcdef");
    ben.pullsFrom(ann);
    ben.types(3, "-");
    ann.deletes(0, 6);
    const late = t.person();
    late.pullsFrom(ann);
    late.pullsFrom(ben);
    late.reads("-");
    late.types(0, "<");
    late.types(2, ">");
    t.everyoneMeets();
    ann.reads("<->");
  },

  "a deleted map is collected with everything in it"(t) {
    t.roots({ m: "map" });
    const [ann, ben] = [t.person(), t.person({ gc: false })];
    const yuri = t.yjsPerson();
    yuri.does((_, doc) => {
      const inner = new Y.Map([["deep", new Y.Array()]]);
      doc.getMap("m").set("outer", inner);
      inner.get("deep").push([1, 2, "three", new Y.Text("four")]);
    });
    for (const person of [ann, ben]) person.pullsFrom(yuri);
    const gone = yuri.does((_, doc) => doc.getMap("m").delete("outer"));
    for (const person of [ann, ben]) person.receives(gone);
    ann.checksEncoding();
    ben.checksEncoding();
    ben.receives(ann.state());
    ann.receives(ben.state());
  },

  "a new entry behind a deleted one is collected with the map"(t) {
    t.roots({ a: "array" });
    const ann = t.person();
    const [yuri, zoe] = [t.yjsPerson(), t.yjsPerson()];
    yuri.does((_, doc) => {
      doc.getArray("a").push([new Y.Map([["x", 1]])]);
      doc.getArray("a").get(0).set("b", new Y.Text("c"));
    });
    zoe.pullsFrom(yuri);
    yuri.does((_, doc) => doc.getArray("a").get(0).delete("b"));
    ann.pullsFrom(yuri);
    const set = zoe.does((_, doc) => doc.getArray("a").get(0).set("b", 2));
    const gone = zoe.does((_, doc) => doc.getArray("a").delete(0));
    ann.receives(t.merged(set, gone));
    ann.checksEncoding();
  },

  "what was deleted before its parent is joined once more"(t) {
    t.roots({ m: "map", a: "array" });
    const ann = t.person();
    const [yuri, zoe] = [t.yjsPerson(), t.yjsPerson()];
    yuri.does((_, doc) => {
      doc.getArray("a").push([new Y.Array()]);
      doc.getMap("m").set("M", new Y.Map());
    });
    zoe.pullsFrom(yuri);
    zoe.does((_, doc) => {
      doc.getArray("a").get(0).push([5]);
      doc.getMap("m").get("M").set("k", new Y.Text("c"));
    });
    yuri.pullsFrom(zoe);
    yuri.does((_, doc) => doc.getMap("m").get("M").set("k", 2));
    ann.pullsFrom(yuri);
    const gone = yuri.does((_, doc) => {
      doc.getArray("a").get(0).delete(0);
      doc.getArray("a").delete(0);
      doc.getMap("m").delete("M");
    });
    ann.receives(gone);
    ann.checksEncoding();
  },

  "a child that arrives after its parent was collected"(t) {
    t.roots({ m: "map", a: "array" });
    const ann = t.person();
    const [yuri, zoe] = [t.yjsPerson(), t.yjsPerson()];
    yuri.does((_, doc) => doc.getArray("a").push([new Y.Map(), new Y.Text("abc")]));
    zoe.pullsFrom(yuri);
    ann.pullsFrom(yuri);
    const inMap = zoe.does((_, doc) => doc.getArray("a").get(0).set("key", new Y.Array()));
    const deeper = zoe.does((_, doc) => doc.getArray("a").get(0).get("key").push([1, 2]));
    const inText = zoe.does((_, doc) => doc.getArray("a").get(1).insert(1, "xyz"));
    ann.receives(yuri.does((_, doc) => doc.getArray("a").delete(0, 2)));
    ann.checksEncoding();
    ann.receives(deeper);
    ann.isPending(true);
    ann.receives(inText, inMap);
    ann.isPending(false);
    ann.checksEncoding();
  },

  "a key that is set again and again"(t) {
    t.roots({ m: "map" });
    const [ann, ben] = [t.person(), t.person({ gc: false })];
    const [yuri, zoe] = [t.yjsPerson(), t.yjsPerson()];
    for (let round = 0; round < 4; round++) {
      yuri.does((_, doc) => doc.getMap("m").set("key", round));
      zoe.does((_, doc) => doc.getMap("m").set("key", `other ${round}`));
      if (round % 2 === 1) zoe.pullsFrom(yuri);
      for (const person of [ann, ben]) {
        person.pullsFrom(zoe);
        person.pullsFrom(yuri);
        person.checksEncoding();
      }
    }
    zoe.does((_, doc) => doc.getMap("m").delete("key"));
    t.everyoneMeets();
  },

  "snapshots of a growing and shrinking text"(t) {
    const [ann, ben] = t.persons(2, { gc: false });
    const moments = [];
    const remember = (text) => moments.push([ann.takesSnapshot(), text]);
    remember("");
    ann.types(0, "hello world");
    remember("hello world");
    ann.deletes(2, 6);
    remember("herld");
    ben.pullsFrom(ann);
    ben.types(2, "😀");
    ann.pullsFrom(ben);
    remember("he😀rld");
    ann.deletes(0, 4);
    ann.types(0, "wo");
    remember("world");
    for (const [snapshot, text] of moments) ann.readsAt(snapshot, text);
    ann.reads("world");
  },

  "a snapshot cuts through text that was typed on since"(t) {
    const [ann, ben] = t.persons(2, { gc: false });
    ann.types(0, "abc");
    const early = ann.takesSnapshot();
    ann.types(3, "def");
    ann.deletes(1, 4);
    ben.pullsFrom(ann);
    ben.readsAt(early, "abc");
    ann.undoes();
    ann.readsAt(early, "abc");
    ann.checksEncoding();
  },

  "a snapshot of a collected document still has the right bytes"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "abcdef");
    ben.pullsFrom(ann);
    ben.deletes(1, 2);
    ann.pullsFrom(ben);
    ann.deletes(2, 1);
    ann.takesSnapshot();
    ben.takesSnapshot();
    t.refuses({
      cmd: "textAt",
      doc: ann.name,
      snapshot: Buffer.from(ann.takesSnapshot()).toString("base64"),
    });
  },
};
