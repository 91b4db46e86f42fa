/**
 * Turns a concurrent trace into the updates its authors' replicas would have sent.
 *
 * A transaction's positions hold in the merge of its parents and all their ancestors, so each
 * is made by a replica in exactly that state. Which replica that is, is planned on the graph
 * alone. tests/support/trace_history.h does the same for our engine.
 */

// With few authors each has one replica that only ever learns more. With many (a project's
// commit history) replicas follow the branches and pass from author to author.
const kMostReplicas = 16;

/** A client id for replicas that only read; authors have theirs from 1 on. */
export const kNobody = 0;

/**
 * The steps that make `trace`: for each transaction the one whose state to start from (`base`,
 * -1 for the empty document), whether from a saved copy of it, and what else must be applied
 * first. `save` says that a copy of the state after the transaction is wanted, `done` lists
 * transactions whose states nobody needs any more.
 */
export function planHistory(trace) {
  return trace.agents <= kMostReplicas ? planByAuthor(trace) : planByBranch(trace);
}

function planByAuthor({ txns }) {
  const lastOf = new Map();
  return txns.map(({ agent, parents }, index) => {
    const base = lastOf.get(agent) ?? -1;
    lastOf.set(agent, index);
    const missing = missingFrom(txns, base, parents);
    return { base, fromSaved: false, missing, save: false, done: [] };
  });
}

function planByBranch({ txns }) {
  const childrenLeft = new Array(txns.length).fill(0);
  for (const { parents } of txns) for (const parent of parents) ++childrenLeft[parent];
  const live = new Set();
  const steps = [];
  for (const [index, { parents }] of txns.entries()) {
    let step = { base: -1, fromSaved: false, missing: [] };
    let best = Infinity;
    for (const parent of parents) {
      const missing = missingFrom(txns, parent, parents);
      // A saved copy costs a decode, so a living replica is worth a detour.
      const cost = missing.length + (live.has(parent) ? 0 : txns.length);
      if (cost >= best) continue;
      best = cost;
      step = { base: parent, fromSaved: !live.has(parent), missing };
    }
    if (step.fromSaved) steps[step.base].save = true;
    live.delete(step.base);
    const done = parents.filter((parent) => --childrenLeft[parent] === 0);
    for (const parent of done) live.delete(parent);
    live.add(index);
    steps.push({ ...step, save: false, done });
  }
  return steps;
}

/** Transactions in the merge of `heads` that the state after `base` lacks, oldest first. */
function missingFrom(txns, base, heads) {
  // Walks back from both sides, newest first, until all that is left is known to `base`.
  const kKnown = 1;
  const marks = new Map();
  let unknown = 0; // entries of `marks` not yet known to be in `base`
  let reached = base < 0;
  const queue = new MaxHeap();
  const mark = (index, known) => {
    if (index === base && known !== kKnown) reached = true;
    const before = marks.get(index);
    if (before === undefined) {
      queue.push(index);
      marks.set(index, known);
      if (known !== kKnown) ++unknown;
    } else if (known === kKnown && before !== kKnown) {
      marks.set(index, kKnown);
      --unknown;
    }
  };
  if (base >= 0) mark(base, kKnown);
  for (const head of heads) mark(head, 0);
  const missing = [];
  while (unknown > 0) {
    const index = queue.pop();
    const known = marks.get(index);
    marks.delete(index);
    if (known !== kKnown) {
      --unknown;
      missing.push(index);
    }
    for (const parent of txns[index].parents) mark(parent, known);
  }
  if (!reached) throw new Error(`transaction ${base} does not come before ${heads}`);
  return missing.reverse();
}

class MaxHeap {
  #items = [];

  push(value) {
    const items = this.#items;
    let at = items.push(value) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent] >= value) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = value;
  }

  pop() {
    const items = this.#items;
    const top = items[0];
    const value = items.pop();
    if (items.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1] > items[child]) ++child;
      if (items[child] <= value) break;
      items[at] = items[child];
      at = child;
    }
    items[at] = value;
    return top;
  }
}

/**
 * The updates of `trace` in file order: one for each patch, or one for each transaction.
 *
 * `plan` is planHistory(trace); `deadline.check()` is called often and may throw. Where a
 * library orders concurrent text otherwise than the recording one, a position may lie past the
 * end; it then means the end.
 */
export function buildHistory(peer, trace, plan, { perPatch, deadline }) {
  const { txns, positions, deleted, inserted } = trace;
  const replicas = new Map(); // living ones, by the transaction they stand at
  const saved = new Map();
  const updates = []; // of each transaction, a list
  for (const [index, txn] of txns.entries()) {
    deadline.check();
    const { base, fromSaved, missing, save, done } = plan[index];
    let author = fromSaved || base < 0 ? null : txns[base].agent;
    let replica;
    if (base < 0 && missing.length === 0) {
      author = txn.agent;
      replica = peer.create(txn.agent + 1, { updates: true });
    } else if (base < 0) {
      replica = peer.create(kNobody, { updates: true });
    } else if (fromSaved) {
      replica = peer.load(saved.get(base), kNobody, { updates: true });
    } else {
      replica = replicas.get(base);
      replicas.delete(base);
    }
    if (missing.length > 0) peer.merge(replica, missing.flatMap((other) => updates[other]));
    // Only now: who receives changes under its own id takes that for a clash of ids.
    if (author !== txn.agent) replica = peer.withClient(replica, txn.agent + 1);

    const own = [];
    let length = peer.length(replica);
    let edits = 0;
    const forEachPatch = (put) => {
      for (let i = txn.first; i < txn.last; ++i) {
        const position = Math.min(positions[i], length);
        const count = Math.min(deleted[i], length - position);
        if (count === 0 && inserted[i] === "") continue;
        put(position, count, inserted[i]);
        ++edits;
        length += inserted[i].length - count;
      }
    };
    if (perPatch) {
      forEachPatch((...patch) => {
        peer.edit(replica, ...patch);
        own.push(peer.takeUpdate(replica));
      });
    } else {
      peer.transact(replica, forEachPatch);
      if (edits > 0) own.push(peer.takeUpdate(replica));
    }
    updates.push(own);
    replicas.set(index, replica);
    if (save) saved.set(index, peer.save(replica));
    for (const parent of done) {
      if (replicas.has(parent)) peer.free(replicas.get(parent));
      replicas.delete(parent);
      saved.delete(parent);
    }
  }
  for (const replica of replicas.values()) peer.free(replica);
  return updates.flat();
}
