import * as Y from "yjs";
import { rootOf } from "./mirror.mjs";
import { Script } from "./script.mjs";
import { World } from "./world.mjs";

/**
 * The language of the hand-written cases. A story is a function that gets a `Stage`; what
 * people do in it happens in Yjs and in the harness, and every answer is compared. What a story
 * claims in so many words is checked against Yjs as well, so a story cannot be wrong about Yjs.
 */
export class Stage {
  /**
   * @param {string} prefix makes the names of the harness's documents unique
   * @param {string[]} without see Script
   */
  constructor(prefix, without) {
    this.script = new Script(without);
    this.world = new World(this.script, prefix);
    this.prefix = prefix;
    this.people = [];
  }

  /** A replica in Yjs and in the harness. Client ids count from 1 unless given. */
  person(options = {}) {
    return this.#add({ client: this.people.length + 1, ...options });
  }

  /** Several of them. */
  persons(count, options = {}) {
    return Array.from({ length: count }, () => this.person(options));
  }

  /** A replica in Yjs only, for changes that the harness has no command for. */
  yjsPerson(options = {}) {
    return this.#add({ client: this.people.length + 1, ...options, mirrored: false });
  }

  /** The roots besides the text, by kind, for the comparison of JSON. */
  roots(types) {
    Object.assign(this.world.types, types);
  }

  /** Everyone gets what the others have, twice, since receiving may make changes of its own. */
  everyoneMeets() {
    for (let round = 0; round < 2; round++) {
      for (const to of this.people)
        for (const from of this.people) if (to !== from) to.pullsFrom(from);
    }
  }

  merged = (...updates) => this.world.merged(updates);
  cut = (update, stateVector) => this.world.cut(update, stateVector);

  /** A raw command whose answer has to be an error. */
  refuses(command) {
    this.script.send(
      command,
      ({ error }) => (typeof error === "string" ? null : "  expected an error"),
      {
        mayFail: true,
      },
    );
  }

  /** The script, with a full comparison of everybody at the end. */
  finish() {
    this.world.checkAll();
    return this.script;
  }

  #add(options) {
    const person = new Person(this.world, this.world.add(options));
    this.people.push(person);
    return person;
  }
}

class Person {
  #world;
  #replica;

  constructor(world, replica) {
    this.#world = world;
    this.#replica = replica;
  }

  get mirror() {
    return this.#replica.mirror;
  }

  get name() {
    return this.mirror.name;
  }

  /** Types and returns the update. */
  types = (index, text) => this.#act((mirror) => mirror.insert(index, text));
  deletes = (index, length = 1) => this.#act((mirror) => mirror.delete(index, length));
  undoes = () => this.#act((mirror) => mirror.undo());
  redoes = () => this.#act((mirror) => mirror.redo());
  /** Ends the undo step: what comes next is a step of its own. */
  pauses = () => this.mirror.stopCapturing();

  /** Only for `yjsPerson`: `body` gets the text and the Y.Doc. */
  does = (body) => this.#act((mirror) => mirror.change(() => body(mirror.text, mirror.ydoc)));
  root = (name, kind) => rootOf(this.mirror.ydoc, name, kind);

  receives = (...updates) =>
    updates.forEach((update) => this.#act((mirror) => mirror.apply(update)));
  pullsFrom = (other) => this.#world.pull(this.#replica, other.#replica);
  state = (since) => this.mirror.state(since);
  stateVector = () => this.mirror.stateVector();
  checksEncoding = (since) => this.mirror.checkEncoding(since);

  restarts = (client) => this.#world.restart(this.#replica, client);

  reads(expected) {
    claim("text", expected, this.mirror.text.toString());
    this.mirror.checkText();
  }

  /** The same for a root text of another name. */
  typesInto = (root, index, text) =>
    this.#act((mirror) => mirror.insertInto(root, index, text));
  readsIn(root, expected) {
    claim(`text ${root}`, expected, this.root(root, "text").toString());
    this.mirror.checkText(root);
  }

  isPending(expected) {
    const { pendingStructs, pendingDs } = this.mirror.ydoc.store;
    claim("pending", expected, pendingStructs !== null || pendingDs !== null);
    this.mirror.checkPending();
  }

  marks = (index, assoc) => this.mirror.mark(index, assoc);

  finds(mark, expected) {
    claim("index of the mark", expected, this.mirror.resolve(mark));
  }

  takesSnapshot = () => this.mirror.snapshot();

  readsAt(snapshot, expected) {
    claim("text at the snapshot", expected, this.mirror.textAt(snapshot));
  }

  #act(body) {
    let made = [];
    this.#world.act(this.#replica, (mirror) => {
      body(mirror);
      made = [...mirror.made];
    });
    return made.length > 1 ? Y.mergeUpdates(made) : made[0];
  }
}

function claim(what, expected, actual) {
  if (expected === actual) return;
  throw new Error(
    `the story claims that the ${what} is ${JSON.stringify(expected)}, Yjs has ${JSON.stringify(actual)}`,
  );
}
