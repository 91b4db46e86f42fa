import * as Y from "yjs";
import { sameUpdate, toBase64 } from "./compare.mjs";
import { kText, Mirror } from "./mirror.mjs";

/**
 * Rounds of "everyone gets everything" after which replicas must have stopped making updates.
 */
const kMaxRounds = 20;

/**
 * The replicas of one history and the network between them: a log of every update anyone made,
 * and for each replica what has reached it. Nothing travels by itself.
 */
export class World {
  /** Every update that was made, in order. */
  log = [];
  replicas = [];
  marks = [];
  /** State vectors of earlier moments. */
  pastVectors = [new Uint8Array([0])];
  #prefix;
  #generation = 0;

  /**
   * @param {import("./script.mjs").Script} script
   * @param {string} prefix makes the names of the harness's documents unique
   * @param {Record<string, string>} types the kinds of the roots
   * @param {boolean} undoes whether anything in this history is about undo
   */
  constructor(script, prefix, types = { [kText]: "text" }, undoes = true) {
    this.script = script;
    this.types = types;
    this.undoes = undoes;
    this.#prefix = prefix;
  }

  add({ client, gc = true, mirrored = true }) {
    const name = `${this.#prefix}${this.replicas.length}`;
    const mirror = new Mirror(this.script, {
      name,
      client,
      gc,
      mirrored,
      undoes: this.undoes,
    });
    const replica = { mirror, has: new Set(), snapshots: [] };
    this.replicas.push(replica);
    return replica;
  }

  /** A replica that starts again from what it had saved, under another client id. */
  restart(replica, client) {
    const { mirror } = replica;
    const state = mirror.state();
    const name = `${this.#prefix}again${this.#generation++}`;
    replica.mirror = new Mirror(this.script, {
      name,
      client,
      gc: mirror.gc,
      mirrored: mirror.mirrored,
      undoes: this.undoes,
    });
    replica.snapshots = [];
    this.act(replica, (fresh) => fresh.apply(state));
  }

  /** Lets a replica do something and publishes the updates it makes. */
  act(replica, body) {
    body(replica.mirror);
    for (const update of replica.mirror.made) {
      replica.has.add(this.log.length);
      this.log.push(update);
    }
    replica.mirror.made = [];
  }

  missing(replica) {
    const result = [];
    for (let i = 0; i < this.log.length; i++) if (!replica.has.has(i)) result.push(i);
    return result;
  }

  /** One update from the log, whether it is new to the replica or not. */
  deliver(replica, index) {
    replica.has.add(index);
    this.act(replica, (mirror) => mirror.apply(this.log[index]));
  }

  /** What `from` knows and `replica` does not, in one update. */
  pull(replica, from) {
    const update = from.mirror.state(replica.mirror.stateVector());
    for (const index of from.has) replica.has.add(index);
    this.act(replica, (mirror) => mirror.apply(update));
  }

  /** Several updates as one. The harness has to merge them like Yjs. */
  merged(updates) {
    const update = Y.mergeUpdates(updates);
    const command = { cmd: "merge", updates: updates.map(toBase64) };
    this.script.send(command, (answer) => sameUpdate(update, answer.update));
    return update;
  }

  /** The part of an update that a state vector lacks. The harness has to cut it like Yjs. */
  cut(update, stateVector) {
    const part = Y.diffUpdate(update, stateVector);
    const command = { cmd: "diff", update: toBase64(update), sv: toBase64(stateVector) };
    this.script.send(command, (answer) => sameUpdate(part, answer.update));
    return part;
  }

  /** Everyone gets everything, in any order, until nobody has news. */
  settle(random) {
    for (let round = 0; round < kMaxRounds; round++) {
      let news = false;
      for (const replica of this.replicas) {
        for (const index of random.shuffled(this.missing(replica))) {
          news = true;
          this.deliver(replica, index);
        }
      }
      if (!news) return;
    }
    throw new Error("the replicas never stop making updates");
  }

  remember(stateVector) {
    this.pastVectors.push(stateVector);
  }

  checkAll() {
    for (const { mirror } of this.replicas) {
      mirror.checkAll(this.types);
      for (const mark of this.marks) mirror.resolve(mark);
    }
  }
}
