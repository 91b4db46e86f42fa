import * as Y from "yjs";

/** Formatted text. Formats come from Yjs; plain typing happens in the harness. */
const kBold = { bold: true };

/** Ann, in the harness, and Yuri, who formats, with the same text. */
function pair(t, text) {
  const ann = t.person();
  const yuri = t.yjsPerson();
  yuri.does((content) => content.insert(0, text));
  ann.pullsFrom(yuri);
  return [ann, yuri];
}

export const stories = {
  "typing inside bold text is bold, at its end too, before it not"(t) {
    const [ann, yuri] = pair(t, "one two three");
    ann.receives(yuri.does((content) => content.format(4, 3, kBold)));
    ann.types(5, "x");
    ann.types(8, "y");
    ann.types(4, "z");
    ann.reads("one ztxwoy three");
    ann.checksEncoding();
    t.everyoneMeets();
  },

  "deleting all of the bold text deletes its formats"(t) {
    const [ann, yuri] = pair(t, "one two three");
    ann.receives(yuri.does((content) => content.format(4, 3, kBold)));
    const update = ann.deletes(4, 3);
    ann.checksEncoding();
    yuri.receives(update);
    t.everyoneMeets();
    ann.types(4, "plain");
    t.everyoneMeets();
  },

  "deleting across the edge of bold text"(t) {
    const [ann, yuri] = pair(t, "one two three");
    ann.receives(yuri.does((content) => content.format(4, 3, kBold)));
    ann.deletes(2, 4);
    ann.checksEncoding();
    ann.types(2, "x");
    ann.checksEncoding();
    t.everyoneMeets();
  },

  "two people make overlapping ranges bold at the same time"(t) {
    const [ann, yuri] = pair(t, "0123456789");
    const zoe = t.yjsPerson();
    zoe.pullsFrom(yuri);
    const left = yuri.does((content) => content.format(1, 5, kBold));
    const right = zoe.does((content) => content.format(3, 5, kBold));
    ann.receives(left);
    ann.checksEncoding();
    ann.receives(right);
    ann.checksEncoding();
    const ben = t.person();
    ben.pullsFrom(yuri);
    ben.receives(right, left);
    ben.checksEncoding();
    t.everyoneMeets();
  },

  "bold and not bold at the same time"(t) {
    const [ann, yuri] = pair(t, "0123456789");
    const zoe = t.yjsPerson();
    yuri.does((content) => content.format(2, 6, kBold));
    zoe.pullsFrom(yuri);
    ann.pullsFrom(yuri);
    const off = yuri.does((content) => content.format(3, 3, { bold: null }));
    const on = zoe.does((content) => content.format(0, 5, { bold: "very", link: { to: "x" } }));
    ann.receives(on, off);
    ann.checksEncoding();
    t.everyoneMeets();
  },

  "text is deleted here while it is formatted there"(t) {
    const [ann, yuri] = pair(t, "0123456789");
    ann.deletes(2, 4);
    const format = yuri.does((content) => content.format(1, 6, kBold));
    ann.receives(format);
    ann.checksEncoding();
    t.everyoneMeets();
    ann.undoes();
    ann.checksEncoding();
    t.everyoneMeets();
  },

  "undo of a deletion in formatted text"(t) {
    const [ann, yuri] = pair(t, "one two three");
    ann.receives(yuri.does((content) => content.format(4, 3, kBold)));
    ann.deletes(3, 6);
    ann.undoes();
    ann.reads("one two three");
    ann.redoes();
    ann.undoes();
    t.everyoneMeets();
  },

  "an embed counts one unit and is not in the text"(t) {
    const [ann, yuri] = pair(t, "ab");
    ann.receives(
      yuri.does((content) => content.insertEmbed(1, { image: "x.png", size: [1, 2.5] })),
    );
    ann.reads("ab");
    ann.types(2, "-");
    ann.reads("a-b");
    const mark = ann.marks(2);
    ann.types(0, "__");
    ann.finds(mark, 4);
    ann.deletes(3, 1);
    ann.reads("__a-b");
    t.everyoneMeets();
  },

  "a type inside a text"(t) {
    const [ann, yuri] = pair(t, "ab");
    ann.receives(yuri.does((content) => content.insertEmbed(1, new Y.Map([["key", "value"]]))));
    ann.types(2, "-");
    ann.reads("a-b");
    ann.deletes(0, 3);
    ann.reads("b");
    t.everyoneMeets();
  },

  "a paragraph format that reaches behind the end makes newlines"(t) {
    const [ann, yuri] = pair(t, "ab");
    ann.receives(yuri.does((content) => content.format(1, 3, kBold)));
    ann.reads("ab\n\n");
    t.everyoneMeets();
  },

  "attributes of the text as a whole"(t) {
    const [ann, yuri] = pair(t, "ab");
    ann.receives(yuri.does((content) => content.setAttribute("lang", "de")));
    ann.receives(yuri.does((content) => content.setAttribute("lang", "fr")));
    ann.types(1, "x");
    ann.receives(yuri.does((content) => content.removeAttribute("lang")));
    ann.reads("axb");
  },

  "formats clean up after remote deletions only where they are not needed"(t) {
    const [ann, yuri] = pair(t, "0123456789");
    yuri.does((content) => content.format(2, 2, kBold));
    yuri.does((content) => content.format(6, 2, { em: true, link: "y" }));
    ann.pullsFrom(yuri);
    const zoe = t.yjsPerson();
    zoe.pullsFrom(yuri);
    ann.receives(zoe.does((content) => content.delete(1, 4)));
    ann.checksEncoding();
    ann.receives(zoe.does((content) => content.delete(1, 4)));
    ann.checksEncoding();
    t.everyoneMeets();
  },
};
