/** How updates travel: twice, late, in pieces, merged. */
const kNothing = Uint8Array.of(0, 0);

export const stories = {
  "an empty document encodes to nothing"(t) {
    const [ann, ben] = t.persons(2);
    ann.checksEncoding();
    ann.checksEncoding(Uint8Array.of(1, 9, 3));
    ben.receives(ann.state(), kNothing);
    ben.reads("");
  },

  "an update may come twice"(t) {
    const [ann, ben] = t.persons(2);
    const update = ann.types(0, "once");
    ben.receives(update, update);
    ben.receives(ann.deletes(1, 2), update);
    ben.reads("oe");
  },

  "a chain of dependencies that arrives backwards"(t) {
    const [ann, ben, cem, dan] = t.persons(4);
    const first = ann.types(0, "1");
    ben.receives(first);
    const second = ben.types(1, "2");
    cem.receives(first, second);
    const third = cem.types(2, "3");
    dan.receives(third);
    dan.isPending(true);
    dan.receives(second);
    dan.isPending(true);
    dan.reads("");
    dan.receives(first);
    dan.isPending(false);
    dan.reads("123");
  },

  "a deletion that arrives before what it deletes"(t) {
    const [ann, ben] = t.persons(2);
    const typed = ann.types(0, "abcdef");
    const deleted = ann.deletes(2, 2);
    ben.receives(deleted);
    ben.isPending(true);
    ben.checksEncoding();
    ben.receives(typed);
    ben.isPending(false);
    ben.reads("abef");
  },

  "a deletion of which a part is known"(t) {
    const [ann, ben] = t.persons(2);
    const first = ann.types(0, "abc");
    const second = ann.types(3, "def");
    const deleted = ann.deletes(1, 4);
    ben.receives(first, deleted);
    ben.isPending(true);
    ben.reads("a");
    ben.receives(second);
    ben.isPending(false);
    ben.reads("af");
  },

  "pending updates are part of the state that is passed on"(t) {
    const [ann, ben, cem] = t.persons(3);
    const [a, b, c] = [ann.types(0, "a"), ann.types(1, "b"), ann.types(2, "c")];
    ben.types(0, "ben");
    ben.receives(c);
    ben.checksEncoding();
    ben.checksEncoding(ben.stateVector());
    ben.checksEncoding(Uint8Array.of(1, 1, 2));
    ben.checksEncoding(Uint8Array.of(1, 1, 3));
    cem.receives(ben.state());
    cem.isPending(true);
    cem.receives(a);
    cem.isPending(true);
    cem.receives(b);
    cem.isPending(false);
    cem.checksEncoding();
  },

  "several pieces pend at once, with holes between them"(t) {
    const [ann, ben] = t.persons(2);
    const updates = Array.from("abcdefgh", (letter, index) => ann.types(index, letter));
    const gone = ann.deletes(3, 3);
    ben.receives(updates[6], updates[2], gone, updates[4]);
    ben.checksEncoding();
    ben.receives(updates[0]);
    ben.reads("a");
    ben.receives(updates[1]);
    ben.reads("abc");
    ben.receives(updates[3], updates[5]);
    ben.reads("abcg");
    ben.receives(updates[7]);
    ben.isPending(false);
    ben.reads("abcgh");
  },

  "a state fills all holes at once"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "one ");
    const late = ann.types(4, "two ");
    ann.deletes(1, 2);
    ben.receives(late);
    ben.receives(ann.state());
    ben.isPending(false);
    ben.reads("o two ");
  },

  "an update that overlaps what is known brings only the rest"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "abc");
    ben.pullsFrom(ann);
    ann.types(3, "def");
    ben.receives(ann.state());
    ben.reads("abcdef");
    ben.types(2, "-");
    ann.types(6, "ghi");
    ben.receives(ann.state());
    ben.reads("ab-cdefghi");
  },

  "merged updates keep holes open"(t) {
    const [ann, ben] = t.persons(2);
    const updates = Array.from("abcdef", (letter, index) => ann.types(index, letter));
    const merged = t.merged(updates[5], updates[0], updates[3], updates[0]);
    ben.receives(merged);
    ben.isPending(true);
    ben.reads("a");
    ben.receives(t.merged(updates[1], updates[2], updates[4]));
    ben.isPending(false);
    ben.reads("abcdef");
  },

  "merging one, merging nothing new, merging merged"(t) {
    const [ann, ben] = t.persons(2);
    const one = ann.types(0, "one");
    const two = ann.types(3, "two");
    ben.pullsFrom(ann);
    const three = ben.types(0, "three");
    const gone = ben.deletes(2, 4);
    t.merged(one);
    t.merged(one, one);
    t.merged(one, kNothing);
    t.merged(kNothing, kNothing);
    const left = t.merged(three, two);
    const right = t.merged(gone, one);
    t.person().receives(t.merged(left, right));
    t.person().receives(t.merged(right, left, left));
    t.merged(ann.state(), ben.state(), one, gone);
  },

  "cutting an update at every clock"(t) {
    const [ann, ben] = t.persons(2, {});
    ann.types(0, "abc");
    ben.pullsFrom(ann);
    ben.types(1, "xy");
    ann.pullsFrom(ben);
    ann.deletes(1, 3);
    const state = ann.state();
    for (let clock = 0; clock <= 4; clock++) {
      t.cut(state, Uint8Array.of(1, 1, clock));
      t.cut(state, Uint8Array.of(2, 2, clock, 1, 3));
      ann.checksEncoding(Uint8Array.of(1, 1, clock));
      ann.checksEncoding(Uint8Array.of(2, 2, clock, 7, 3));
    }
    t.cut(state, Uint8Array.of(0));
    t.cut(kNothing, ann.stateVector());
  },

  "state vectors that name strangers, zeros and the future"(t) {
    const ann = t.person();
    ann.types(0, "hello");
    ann.checksEncoding(Uint8Array.of(1, 9, 9));
    ann.checksEncoding(Uint8Array.of(1, 1, 0));
    ann.checksEncoding(Uint8Array.of(1, 1, 100));
    ann.checksEncoding(Uint8Array.of(3, 0, 7, 1, 2, 9, 9));
  },

  "everyone types at the same place"(t) {
    const people = t.persons(5);
    people[0].types(0, "()");
    for (const person of people.slice(1)) person.pullsFrom(people[0]);
    for (const [number, person] of people.entries()) {
      for (const letter of ["a", "b", "c"]) person.types(1, `${letter}${number}`);
    }
    t.everyoneMeets();
    const [first, ...others] = people;
    for (const other of others) other.reads(first.mirror.text.toString());
  },

  "runs typed at the same place do not interleave"(t) {
    const [ann, ben] = t.persons(2);
    for (const [index, letter] of Array.from("aaaa").entries()) ann.types(index, letter);
    for (const [index, letter] of Array.from("bbbb").entries()) ben.types(index, letter);
    t.everyoneMeets();
    ann.reads("aaaabbbb");
    ben.reads("aaaabbbb");
  },

  "backward typing at the same place"(t) {
    const [ann, ben, cem] = t.persons(3);
    for (const letter of "abc") ann.types(0, letter);
    for (const letter of "xyz") ben.types(0, letter);
    for (const letter of "123") cem.types(0, letter);
    t.everyoneMeets();
    ann.reads(ben.mirror.text.toString());
  },

  "client ids of every size sort as numbers"(t) {
    const clients = [0, 1, 127, 128, 65535, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];
    const people = clients.map((client) => t.person({ client }));
    for (const [number, person] of people.entries()) person.types(0, String(number));
    t.everyoneMeets();
    const [first] = people;
    for (const person of people) person.reads(first.mirror.text.toString());
  },

  "one update that edits in many places gives one edit for each"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "the quick brown fox jumps");
    ben.pullsFrom(ann);
    ann.deletes(0, 3);
    ann.types(0, "a");
    ann.deletes(8, 5);
    ann.types(8, "red");
    ann.types(ann.mirror.length, " over\n");
    ben.pullsFrom(ann);
    ben.reads("a quick red fox jumps over\n");
  },

  "an edit at a place where others deleted around it"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "0123456789");
    ben.pullsFrom(ann);
    ann.deletes(2, 6);
    const update = ben.types(5, "-");
    ann.receives(update);
    ann.reads("01-89");
    t.everyoneMeets();
  },

  "root texts of other names live beside the content"(t) {
    t.roots({ notes: "text", "": "text", é: "text" });
    const [ann, ben] = t.persons(2);
    ann.types(0, "content");
    ann.typesInto("notes", 0, "a note");
    ann.typesInto("", 0, "nameless");
    ann.typesInto("é", 0, "accent");
    ben.pullsFrom(ann);
    ben.typesInto("notes", 2, "second ");
    ann.pullsFrom(ben);
    ann.reads("content");
    ann.readsIn("notes", "a second note");
    ben.readsIn("", "nameless");
    ben.readsIn("é", "accent");
  },

  "line endings and NUL travel as they are"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "a\r\nb\rc\nd\u2028e\u0000\ufeff");
    ben.pullsFrom(ann);
    ben.deletes(1);
    ben.types(2, "\r\n\r\n");
    ann.pullsFrom(ben);
    ann.reads("a\n\r\n\r\nb\rc\nd\u2028e\u0000\ufeff");
  },

  "lines and columns in every unit"(t) {
    const ann = t.person();
    ann.types(0, "first\nsécond 😀\r\n\n漢字");
    for (const index of [0, 3, 5, 6, 8, 13, 15, 16, 17, 18, 19, 20])
      ann.mirror.checkLineCol(index);
  },
};
