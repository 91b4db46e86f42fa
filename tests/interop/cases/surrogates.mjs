/**
 * Half a surrogate pair cannot be encoded, so Yjs replaces both halves by U+FFFD when something
 * comes between them. Everything longer than a pair (flags, families, accents) may be cut
 * freely.
 */
const kReplaced = "\ufffd";

export const stories = {
  "typing inside an emoji breaks it for everyone"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "a😀b");
    ben.pullsFrom(ann);
    const update = ann.types(2, "-");
    ann.reads(`a${kReplaced}-${kReplaced}b`);
    ben.receives(update);
    ben.reads(`a${kReplaced}-${kReplaced}b`);
  },

  "deleting either half of an emoji breaks the other"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "😀😀");
    ben.pullsFrom(ann);
    const first = ann.deletes(0);
    const last = ann.deletes(2);
    ann.reads(kReplaced + kReplaced);
    ben.receives(last, first);
    ben.reads(kReplaced + kReplaced);
  },

  "two people delete one half each"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "x😀y");
    ben.pullsFrom(ann);
    ann.deletes(1);
    ben.deletes(2);
    t.everyoneMeets();
    ann.reads("xy");
    ben.reads("xy");
  },

  "one deletes the emoji while another types into it"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "😀");
    ben.pullsFrom(ann);
    ann.deletes(0, 2);
    ben.types(1, "in");
    t.everyoneMeets();
    ann.reads("in");
  },

  "a deletion that begins and ends inside pairs"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "😀middle😀");
    ben.pullsFrom(ann);
    const update = ann.deletes(1, 8);
    ann.reads(kReplaced + kReplaced);
    ben.receives(update);
    ben.reads(kReplaced + kReplaced);
  },

  "a broken pair stays broken when what broke it is gone"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "😀");
    ann.types(1, "x");
    ann.deletes(1);
    ann.reads(kReplaced + kReplaced);
    ben.pullsFrom(ann);
    ben.reads(kReplaced + kReplaced);
  },

  "whoever gets the breaking update before the emoji ends up the same"(t) {
    const [ann, ben] = t.persons(2);
    const emoji = ann.types(0, "😀");
    const between = ann.types(1, "x");
    ben.receives(between);
    ben.isPending(true);
    ben.reads("");
    ben.receives(emoji);
    ben.reads(`${kReplaced}x${kReplaced}`);
  },

  "encoding from the middle of a pair writes a replacement character"(t) {
    const ann = t.person({ client: 5 });
    ann.types(0, "😀b");
    ann.checksEncoding(Uint8Array.of(1, 5, 1));
    t.cut(ann.state(), Uint8Array.of(1, 5, 1));
  },

  "merging updates that overlap in the middle of a pair"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "a😀b");
    const whole = ann.state();
    const tail = t.cut(whole, Uint8Array.of(1, 1, 2));
    ben.receives(t.merged(tail, whole));
    t.person().receives(t.merged(whole, tail));
  },

  "families, flags and accents may be cut between characters"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "👩‍👩‍👧🇨🇭e\u0301");
    ben.pullsFrom(ann);
    ben.types(2, "|");
    ben.types(6, "|");
    ben.types(12, "|");
    ann.pullsFrom(ben);
    ann.reads("👩|\u200d👩|\u200d👧🇨|🇭e\u0301");
  },

  "marks inside a pair"(t) {
    const ann = t.person();
    ann.types(0, "a😀b");
    const before = ann.marks(2, -1);
    const after = ann.marks(2, 0);
    ann.types(0, "__");
    ann.finds(before, 4);
    ann.finds(after, 4);
    ann.types(4, "x");
    ann.finds(before, 4);
    ann.finds(after, 5);
  },
};
