/** Undo and redo while others edit. The rules are those of Y.UndoManager on one text. */
export const stories = {
  "everything typed without a pause is one step"(t) {
    const ann = t.person();
    ann.types(0, "one ");
    ann.types(4, "two ");
    ann.undoes();
    ann.reads("");
    ann.redoes();
    ann.reads("one two ");
  },

  "a pause makes two steps"(t) {
    const ann = t.person();
    ann.types(0, "one ");
    ann.pauses();
    ann.types(4, "two ");
    ann.undoes();
    ann.reads("one ");
    ann.undoes();
    ann.reads("");
    ann.redoes();
    ann.redoes();
    ann.reads("one two ");
  },

  "nothing to undo changes nothing"(t) {
    const [ann, ben] = t.persons(2);
    ann.undoes();
    ann.redoes();
    ben.types(0, "ben");
    ann.pullsFrom(ben);
    ann.undoes();
    ann.reads("ben");
  },

  "undo takes back only what this person typed"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "ann");
    ben.pullsFrom(ann);
    ben.types(1, "BEN");
    ann.pullsFrom(ben);
    ann.reads("aBENnn");
    ann.undoes();
    ann.reads("BEN");
    ann.redoes();
    ann.reads("aBENnn");
    t.everyoneMeets();
    ben.reads("aBENnn");
  },

  "typing after an undo forgets what could be redone"(t) {
    const ann = t.person();
    ann.types(0, "a");
    ann.undoes();
    ann.types(0, "b");
    ann.redoes();
    ann.reads("b");
    ann.undoes();
    ann.reads("");
  },

  "what others type does not forget what could be redone"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "a");
    ann.undoes();
    ben.types(0, "ben");
    ann.pullsFrom(ben);
    ann.redoes();
    ann.reads("aben");
  },

  "an undone deletion comes back as new text that others get"(t) {
    const [ann, ben] = t.persons(2);
    ben.types(0, "keep this");
    ann.pullsFrom(ben);
    ann.deletes(0, 5);
    ben.pullsFrom(ann);
    ben.reads("this");
    const update = ann.undoes();
    ann.reads("keep this");
    ben.receives(update);
    ben.reads("keep this");
  },

  "two people who undo the same deletion bring it back twice"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "xyz");
    ben.pullsFrom(ann);
    ann.pauses();
    ann.deletes(0, 3);
    ben.deletes(0, 3);
    t.everyoneMeets();
    ann.undoes();
    ben.undoes();
    t.everyoneMeets();
    ann.reads("xyzxyz");
  },

  "a step that others have undone already is skipped"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "first ");
    ann.pauses();
    ann.types(6, "second");
    ben.pullsFrom(ann);
    ben.deletes(6, 6);
    ann.pullsFrom(ben);
    ann.undoes();
    ann.reads("");
    ann.redoes();
    ann.reads("first ");
  },

  "text typed and deleted within one step stays gone"(t) {
    const ann = t.person();
    ann.types(0, "abc");
    ann.deletes(1);
    ann.undoes();
    ann.reads("");
    ann.redoes();
    ann.reads("ac");
  },

  "a replacement is one step"(t) {
    const [ann, ben] = t.persons(2);
    ben.types(0, "the cat sat");
    ann.pullsFrom(ben);
    ann.deletes(4, 3);
    ann.types(4, "dog");
    ann.reads("the dog sat");
    ann.undoes();
    ann.reads("the cat sat");
    ann.redoes();
    ann.reads("the dog sat");
    ann.undoes();
    ann.reads("the cat sat");
  },

  "undo and redo many times over the same text"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "0123456789");
    ann.pauses();
    ann.deletes(2, 6);
    ann.pauses();
    ann.types(2, "x");
    for (let round = 0; round < 3; round++) {
      ann.undoes();
      ann.undoes();
      ann.reads("0123456789");
      ben.pullsFrom(ann);
      ben.reads("0123456789");
      ann.redoes();
      ann.redoes();
      ann.reads("01x89");
      ben.pullsFrom(ann);
    }
  },

  "redo after others deleted the text around it"(t) {
    const [ann, ben] = t.persons(2);
    ben.types(0, "[]");
    ann.pullsFrom(ben);
    ann.types(1, "inner");
    ann.undoes();
    ben.pullsFrom(ann);
    ben.deletes(0, 2);
    ann.pullsFrom(ben);
    ann.redoes();
    ann.reads("inner");
    t.everyoneMeets();
    ben.reads("inner");
  },

  "redo after others typed into what was undone"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "head tail");
    ben.pullsFrom(ann);
    ann.undoes();
    ben.types(5, "middle ");
    t.everyoneMeets();
    ann.reads("middle ");
    ann.redoes();
    ann.reads("head middle tail");
    t.everyoneMeets();
    ben.reads("head middle tail");
  },

  "others delete a part of what undo brought back, then it is undone again"(t) {
    const [ann, ben] = t.persons(2);
    ben.types(0, "abcdef");
    ann.pullsFrom(ben);
    ann.deletes(1, 4);
    ann.undoes();
    ben.pullsFrom(ann);
    ben.reads("abcdef");
    ben.deletes(2, 2);
    ann.pullsFrom(ben);
    ann.reads("abef");
    ann.redoes();
    ann.reads("af");
    ann.undoes();
    ann.reads("abef");
  },

  "a deletion across several authors comes back as one's own"(t) {
    const [ann, ben, cem] = t.persons(3);
    ben.types(0, "bbb");
    cem.pullsFrom(ben);
    cem.types(2, "ccc");
    ann.pullsFrom(cem);
    ann.types(3, "aaa");
    ann.pauses();
    ann.deletes(1, 7);
    ann.undoes();
    ann.reads("bbcaaaccb");
    t.everyoneMeets();
    ben.reads("bbcaaaccb");
  },

  "a deletion of a deletion of others: only what was there is deleted twice"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "abcdefgh");
    ben.pullsFrom(ann);
    ann.pauses();
    ann.deletes(1, 4);
    ben.deletes(3, 4);
    t.everyoneMeets();
    ann.reads("ah");
    ann.undoes();
    ann.reads("abcdeh");
    t.everyoneMeets();
    ben.undoes();
    t.everyoneMeets();
  },

  "deletions from both ends that meet in the middle are one step"(t) {
    const ann = t.person();
    ann.types(0, "0123456789");
    ann.pauses();
    ann.deletes(0, 3);
    ann.deletes(4, 3);
    ann.deletes(1, 2);
    ann.reads("36");
    ann.undoes();
    ann.reads("0123456789");
  },

  "undo of typing inside a surrogate pair leaves the replacement characters"(t) {
    const [ann, ben] = t.persons(2);
    ben.types(0, "😀");
    ann.pullsFrom(ben);
    ann.types(1, "x");
    ann.reads("\ufffdx\ufffd");
    ann.undoes();
    ann.reads("\ufffd\ufffd");
    t.everyoneMeets();
    ben.reads("\ufffd\ufffd");
  },

  "undo of half a deleted emoji brings a replacement character back"(t) {
    const ann = t.person();
    ann.types(0, "a😀b");
    ann.pauses();
    ann.deletes(2, 1);
    ann.reads("a\ufffdb");
    ann.undoes();
    ann.reads("a\ufffd\ufffdb");
  },

  "after a restart there is nothing to undo, but others still can"(t) {
    const [ann, ben] = t.persons(2);
    ann.types(0, "ann ");
    ben.pullsFrom(ann);
    ben.types(4, "ben ");
    ann.pullsFrom(ben);
    ann.restarts(77);
    ann.undoes();
    ann.reads("ann ben ");
    ann.types(0, "> ");
    ann.undoes();
    ann.reads("ann ben ");
    ben.undoes();
    ben.reads("ann ");
  },

  "text that undo may need is not collected, and is again once redo is forgotten"(t) {
    const ann = t.person();
    ann.types(0, "collected?");
    ann.checksEncoding();
    ann.undoes();
    ann.checksEncoding();
    ann.types(0, "x");
    ann.checksEncoding();
    ann.deletes(0);
    ann.checksEncoding();
    const ben = t.person();
    ben.pullsFrom(ann);
    ben.checksEncoding();
  },

  "undo does not wait for updates that are missing"(t) {
    const [ann, ben, cem] = t.persons(3);
    const first = ben.types(0, "one ");
    const second = ben.types(4, "two ");
    ann.types(0, "ann ");
    ann.receives(second);
    ann.isPending(true);
    ann.undoes();
    ann.reads("");
    ann.receives(first);
    ann.isPending(false);
    ann.redoes();
    t.everyoneMeets();
    cem.reads("ann one two ");
  },

  "without collection undo works the same"(t) {
    const [ann, ben] = t.persons(2, { gc: false });
    ann.types(0, "abc");
    ann.pauses();
    ann.deletes(1);
    ann.undoes();
    ben.pullsFrom(ann);
    ann.redoes();
    ann.undoes();
    ann.reads("abc");
    t.everyoneMeets();
    ben.reads("abc");
  },
};
