import { keystrokes, sourceFile } from "./alphabet.mjs";
import { Random } from "./random.mjs";
import { richEdit, treeEdit } from "./structures.mjs";

/**
 * What a plan can contain. Operations are plain objects; places are fractions of what is there,
 * so that an operation keeps its meaning when others are taken out of the plan.
 *
 * `replica` is an index; an operation that makes no sense where it stands does nothing.
 */
const kOperations = {
  // --- local changes ---

  insert: (world, { replica, at, text }) =>
    world.act(world.replicas[replica], (mirror) =>
      mirror.insert(place(at, mirror.length + 1), text),
    ),

  /** The same text key by key. */
  type(world, { replica, at, text }) {
    const who = world.replicas[replica];
    let index = place(at, who.mirror.length + 1);
    for (const character of keystrokes(text)) {
      world.act(who, (mirror) => mirror.insert(index, character));
      index += character.length;
    }
  },

  paste(world, { replica, at, units, seed }) {
    const text = sourceFile(new Random(seed), units);
    world.act(world.replicas[replica], (mirror) =>
      mirror.insert(place(at, mirror.length + 1), text),
    );
  },

  delete(world, { replica, at, length }) {
    const who = world.replicas[replica];
    const index = place(at, who.mirror.length);
    const possible = Math.min(length, who.mirror.length - index);
    if (possible > 0) world.act(who, (mirror) => mirror.delete(index, possible));
  },

  /** Single units backwards from a place. */
  backspace(world, { replica, at, times }) {
    const who = world.replicas[replica];
    let index = place(at, who.mirror.length + 1);
    for (; times > 0 && index > 0; times--) {
      index--;
      world.act(who, (mirror) => mirror.delete(index, 1));
    }
  },

  undo(world, { replica }) {
    if (!world.script.lacks("undo"))
      world.act(world.replicas[replica], (mirror) => mirror.undo());
  },
  redo(world, { replica }) {
    if (!world.script.lacks("undo"))
      world.act(world.replicas[replica], (mirror) => mirror.redo());
  },
  stop: (world, { replica }) =>
    world.act(world.replicas[replica], (mirror) => mirror.stopCapturing()),
  rich: (world, { replica, seed }) =>
    world.act(world.replicas[replica], (mirror) => richEdit(mirror, new Random(seed))),
  tree: (world, { replica, seed }) =>
    world.act(world.replicas[replica], (mirror) => treeEdit(mirror, new Random(seed))),

  // --- the network ---

  /** The oldest update that has not arrived. */
  next(world, { replica }) {
    const [oldest] = world.missing(world.replicas[replica]);
    if (oldest !== undefined) world.deliver(world.replicas[replica], oldest);
  },

  /** Any update that has not arrived. */
  deliver(world, { replica, pick }) {
    const missing = world.missing(world.replicas[replica]);
    if (missing.length > 0) world.deliver(world.replicas[replica], choose(missing, pick));
  },

  /** Any update, most likely one that was there before. */
  repeat(world, { replica, pick }) {
    if (world.log.length > 0)
      world.deliver(world.replicas[replica], place(pick, world.log.length));
  },

  pull(world, { replica, from }) {
    if (replica !== from) world.pull(world.replicas[replica], world.replicas[from]);
  },

  /** The whole state of another replica, known or not. */
  whole(world, { replica, from }) {
    if (replica === from) return;
    const source = world.replicas[from];
    for (const index of source.has) world.replicas[replica].has.add(index);
    const update = source.mirror.state();
    world.act(world.replicas[replica], (mirror) => mirror.apply(update));
  },

  /** Several updates merged into one, then perhaps cut to what the receiver lacks. */
  merged(world, { replica, picks, cut }) {
    if (world.log.length === 0) return;
    const who = world.replicas[replica];
    const indices = picks.map((pick) => place(pick, world.log.length));
    let update = world.merged(indices.map((index) => world.log[index]));
    if (cut) update = world.cut(update, who.mirror.stateVector());
    for (const index of indices) who.has.add(index);
    world.act(who, (mirror) => mirror.apply(update));
  },

  restart: (world, { replica, client }) => world.restart(world.replicas[replica], client),

  settle: (world, { seed }) => world.settle(new Random(seed)),

  /**
   * Somebody who was not there gets it all: update by update, in one merged update, or as a
   * state.
   */
  latecomer(world, { client, gc, how, seed }) {
    if (world.log.length === 0) return;
    const random = new Random(seed);
    const others = [...world.replicas];
    const who = world.add({ client, gc });
    if (how === "each") {
      for (const index of random.shuffled(world.missing(who))) world.deliver(who, index);
    } else if (how === "merged") {
      const update = world.merged(random.shuffled(world.log));
      world.act(who, (mirror) => mirror.apply(update));
    } else {
      world.pull(who, random.pick(others));
    }
  },

  // --- questions ---

  check(world, { replica, what }) {
    const { mirror } = world.replicas[replica];
    if (what === "json") mirror.checkJson(world.types);
    else if (what === "all") mirror.checkAll(world.types);
    else mirror[`check${what}`]();
  },

  remember: (world, { replica }) =>
    world.remember(world.replicas[replica].mirror.stateVector()),

  /** What is new since an earlier moment of anyone's. */
  since: (world, { replica, pick }) =>
    world.replicas[replica].mirror.checkEncoding(choose(world.pastVectors, pick)),

  /** An update from the log against an earlier state vector. */
  cut(world, { pick, since }) {
    if (world.log.length > 0)
      world.cut(choose(world.log, pick), choose(world.pastVectors, since));
  },

  /** Merging and cutting without delivering the result. */
  merge(world, { picks, states, since }) {
    const updates = world.log.length === 0 ? [] : picks.map((pick) => choose(world.log, pick));
    for (const state of states) updates.push(choose(world.replicas, state).mirror.state());
    if (updates.length === 0) return;
    const merged = world.merged(updates);
    if (since !== null) world.cut(merged, choose(world.pastVectors, since));
  },

  mark(world, { replica, at, assoc }) {
    const { mirror } = world.replicas[replica];
    if (mirror.mirrored) world.marks.push(mirror.mark(place(at, mirror.length + 1), assoc));
  },

  resolve(world, { replica, pick }) {
    if (world.marks.length > 0)
      world.replicas[replica].mirror.resolve(choose(world.marks, pick));
  },

  snapshot(world, { replica }) {
    const who = world.replicas[replica];
    who.snapshots.push(who.mirror.snapshot());
  },

  textAt(world, { replica, pick }) {
    const { mirror, snapshots } = world.replicas[replica];
    if (!mirror.gc && snapshots.length > 0) mirror.textAt(choose(snapshots, pick));
  },

  lineCol(world, { replica, at }) {
    const { mirror } = world.replicas[replica];
    const text = mirror.text.toString();
    const index = place(at, text.length + 1);
    // A lone carriage return and half a surrogate pair are left to whoever defines them.
    const clear = !/\r(?!\n)/.test(text) && !splitsPair(text, index);
    if (clear && mirror.isPlain()) mirror.checkLineCol(index);
  },
};

/** Performs one operation on the world. */
export function perform(world, operation) {
  kOperations[operation.op](world, operation);
}

const place = (fraction, count) =>
  Math.min(Math.floor(fraction * count), Math.max(count - 1, 0));
const choose = (list, fraction) => list[place(fraction, list.length)];

function splitsPair(text, index) {
  const before = text.charCodeAt(index - 1);
  const after = text.charCodeAt(index);
  return before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000;
}
