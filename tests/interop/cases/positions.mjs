/** Relative positions: places in a text that stay where they are while the text moves. */
export const stories = {
  "a mark moves with the text around it"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "hello world");
    const mark = ann.marks(6);
    ben.pullsFrom(ann);
    ben.types(0, "oh, ");
    ben.deletes(4, 6);
    ann.pullsFrom(ben);
    ann.reads("oh, world");
    ann.finds(mark, 4);
    ben.finds(mark, 4);
  },

  "a mark survives the deletion of its character"(t) {
    const ann = t.person();
    ann.types(0, "abcdef");
    const marks = [0, 1, 2, 3, 4, 5, 6].map((index) => [
      ann.marks(index),
      ann.marks(index, -1),
    ]);
    ann.deletes(2, 3);
    const found = [0, 1, 2, 2, 2, 2, 3];
    for (const [index, [right, left]] of marks.entries()) {
      ann.finds(right, found[index]);
      ann.finds(left, found[index]);
    }
  },

  "a mark to the right and a mark to the left part when someone types between them"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "ab");
    ben.pullsFrom(ann);
    const right = ann.marks(1, 0);
    const left = ann.marks(1, -1);
    ben.types(1, "---");
    ann.pullsFrom(ben);
    ann.finds(right, 4);
    ann.finds(left, 1);
  },

  "a mark at the end stays at the end, one at the start stays at the start"(t) {
    const ann = t.person();
    ann.types(0, "x");
    const end = ann.marks(1);
    const start = ann.marks(0, -1);
    ann.types(0, "before ");
    ann.types(8, " after");
    ann.finds(end, 14);
    ann.finds(start, 0);
  },

  "marks in an empty text"(t) {
    const ann = t.person();
    const [right, left] = [ann.marks(0), ann.marks(0, -1)];
    ann.finds(right, 0);
    ann.types(0, "abc");
    ann.finds(right, 3);
    ann.finds(left, 0);
  },

  "a mark to the left at the end holds on to the last character"(t) {
    const ann = t.person();
    ann.types(0, "abc");
    const mark = ann.marks(3, -1);
    ann.types(3, "def");
    ann.finds(mark, 3);
    ann.deletes(1, 2);
    ann.finds(mark, 1);
  },

  "a mark to the left of the end when the last characters are deleted"(t) {
    const ann = t.person();
    ann.types(0, "abc");
    ann.deletes(2);
    const mark = ann.marks(2, -1);
    const past = ann.marks(2, 0);
    ann.types(2, "x");
    ann.finds(mark, 2);
    ann.finds(past, 3);
  },

  "a mark on text that has not arrived cannot be found yet"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "news");
    const mark = ann.marks(2);
    ben.finds(mark, null);
    ben.pullsFrom(ann);
    ben.finds(mark, 2);
    ben.finds({ tname: "content", item: { client: 99, clock: 0 }, assoc: 0 }, null);
  },

  "a mark on deleted text follows it when undo brings it back"(t) {
    const ann = t.person();
    ann.types(0, "abcdef");
    ann.pauses();
    const marks = [ann.marks(3), ann.marks(3, -1)];
    ann.deletes(1, 4);
    for (const mark of marks) ann.finds(mark, 1);
    ann.undoes();
    for (const mark of marks) ann.finds(mark, 3);
    ann.redoes();
    ann.undoes();
    ann.types(0, "__");
    for (const mark of marks) ann.finds(mark, 5);
  },

  "a mark follows text that came back in pieces"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "abcdefgh");
    ben.pullsFrom(ann);
    ann.pauses();
    const mark = ann.marks(5);
    ann.deletes(0, 8);
    ben.types(3, "-");
    ann.pullsFrom(ben);
    ann.undoes();
    ann.reads("abc-defgh");
    ann.finds(mark, 6);
    ann.deletes(4, 1);
    ann.finds(mark, 5);
  },

  "a mark on collected text is found where the text was"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "one two three");
    ben.pullsFrom(ann);
    const mark = ben.marks(5);
    ann.deletes(4, 4);
    ben.pullsFrom(ann);
    ben.checksEncoding();
    ben.finds(mark, 4);
  },

  "marks made elsewhere in all forms of JSON"(t) {
    const ann = t.person();
    ann.types(0, "abc");
    ann.finds({ tname: "content", item: { client: 1, clock: 1 } }, 1);
    ann.finds({ item: { client: 1, clock: 1 }, assoc: -1 }, 2);
    ann.finds({ tname: "content", item: null, assoc: 0 }, 3);
    ann.finds({ tname: "content", assoc: -1 }, 0);
    ann.finds({ type: null, tname: "content", item: null }, 3);
  },
};
