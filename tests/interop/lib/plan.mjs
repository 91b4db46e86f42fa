import { snippet } from "./alphabet.mjs";
import { kText } from "./mirror.mjs";
import { Random } from "./random.mjs";
import { kTreeRoots } from "./structures.mjs";

/**
 * Makes random histories. A plan is plain data:
 * `{ kind, roots, replicas: [{ client, gc, mirrored }], ops: [{ op, ... }] }`.
 */

/** How often each kind of history comes up. */
const kKinds = [
  [40, "text"],
  [20, "undo"],
  [8, "snapshot"],
  [12, "rich"],
  [14, "tree"],
  [5, "merge"],
  [1, "paste"],
];

export const kindNames = kKinds.map(([, kind]) => kind);

/** The plan of a case. A given kind replaces the one that the seed would choose. */
export function makePlan(seed, only) {
  const random = new Random(seed);
  const chosen = random.weighted(kKinds);
  const kind = only ?? chosen;
  return { kind, ...kMakers[kind](random) };
}

const kMakers = {
  text: (random) => textPlan(random, {}),

  undo: (random) => textPlan(random, { undo: 12, redo: 8, stop: 10, mark: 12 }),

  snapshot: (random) =>
    textPlan(random, { snapshot: 20, textAt: 30, undo: 3, stop: 2 }, { gc: () => false }),

  merge: (random) => textPlan(random, { merge: 30, cut: 10, merged: 10, remember: 10 }),

  paste(random) {
    const plan = textPlan(random, {}, { most: 3, ops: 14 });
    const pastes = random.list(random.between(1, 3), () => ({
      op: "paste",
      replica: random.below(plan.replicas.length),
      at: random.fraction(),
      units: random.between(10_000, 60_000),
      seed: random.u32(),
    }));
    plan.ops.splice(random.below(4), 0, ...pastes);
    return plan;
  },

  /** Formatted text: Yjs formats, the mirrored replicas type into it. */
  rich(random) {
    const clients = new ClientIds(random);
    const replicas = [
      ...random.list(random.between(1, 2), () => replica(random, clients, {})),
      ...random.list(random.between(1, 2), () => replica(random, clients, { mirrored: false })),
    ];
    const undo = random.chance(0.3) ? { undo: 6, redo: 3, stop: 6 } : {};
    const weights = { ...kTextWeights, lineCol: 0, rich: 60, ...undo };
    return finish(random, clients, { roots: { [kText]: "text" }, replicas, weights });
  },

  /** Maps, arrays, XML and nested documents made by Yjs, which the mirrored replicas follow. */
  tree(random) {
    const clients = new ClientIds(random);
    const replicas = [
      replica(random, clients, { gc: true }),
      replica(random, clients, { gc: false }),
      ...random.list(random.between(1, 3), () => replica(random, clients, { mirrored: false })),
    ];
    const weights = {
      ...kTextWeights,
      insert: 2,
      type: 1,
      delete: 1,
      backspace: 0,
      lineCol: 0,
      tree: 60,
    };
    return finish(random, clients, { roots: kTreeRoots, replicas, weights });
  },
};

const kTextWeights = {
  insert: 24,
  type: 8,
  delete: 18,
  backspace: 5,
  deliver: 18,
  pull: 6,
  whole: 2,
  repeat: 4,
  merged: 4,
  restart: 1,
  settle: 1,
  check: 8,
  remember: 3,
  since: 5,
  cut: 2,
  merge: 2,
  mark: 5,
  resolve: 5,
  lineCol: 2,
};

function textPlan(random, weights, { most = 5, ops, gc } = {}) {
  const clients = new ClientIds(random);
  const replicas = random.list(random.between(1, most), () =>
    replica(random, clients, gc === undefined ? {} : { gc: gc() }),
  );
  return finish(random, clients, {
    roots: { [kText]: "text" },
    replicas,
    weights: { ...kTextWeights, ...weights },
    length: ops,
  });
}

function finish(random, clients, { roots, replicas, weights, length }) {
  const choices = Object.entries(weights).map(([op, weight]) => [weight, op]);
  const count =
    length ??
    random.weighted([
      [3, 8],
      [6, 25],
      [3, 50],
    ]);
  // In some histories updates come in order, in others hardly ever.
  const disorder = random.pick([0, 0.2, 0.9]);
  const ops = random.list(random.between(Math.ceil(count / 2), count), () =>
    operation(random, clients, replicas, random.weighted(choices), disorder),
  );
  ops.push({ op: "settle", seed: random.u32() });
  for (let i = random.below(3); i > 0; i--) {
    const how = random.pick(["each", "merged", "state"]);
    ops.push({
      op: "latecomer",
      client: clients.next(),
      gc: random.chance(0.7),
      how,
      seed: random.u32(),
    });
  }
  return { roots, replicas, ops };
}

function operation(random, clients, replicas, op, disorder) {
  const any = () => random.below(replicas.length);
  const suitable = () => {
    const yjsOnly = op === "rich" || op === "tree";
    const mirroredOnly = op === "undo" || op === "redo" || op === "stop";
    const indices = replicas
      .map(({ mirrored }, index) => ({ mirrored, index }))
      .filter(({ mirrored }) => (mirrored ? !yjsOnly : !mirroredOnly));
    return random.pick(indices).index;
  };
  const common = { op, replica: suitable() };
  const fraction = () => random.fraction();
  switch (op) {
    case "insert":
    case "type":
      return { ...common, at: place(random), text: snippet(random) };
    case "delete":
      return {
        ...common,
        at: place(random),
        length: random.weighted([
          [5, 1],
          [3, 2],
          [3, 7],
          [1, 1000],
        ]),
      };
    case "backspace":
      return { ...common, at: place(random), times: random.between(1, 5) };
    case "rich":
    case "tree":
      return { ...common, seed: random.u32() };
    case "deliver":
      return random.chance(disorder)
        ? { ...common, pick: fraction() }
        : { ...common, op: "next" };
    case "repeat":
    case "since":
    case "resolve":
    case "textAt":
      return { ...common, pick: fraction() };
    case "pull":
    case "whole":
      return { ...common, from: any() };
    case "merged":
      return {
        ...common,
        picks: random.list(random.between(1, 5), fraction),
        cut: random.chance(0.3),
      };
    case "restart":
      return { ...common, client: clients.next() };
    case "settle":
      return { op, seed: random.u32() };
    case "check":
      return {
        ...common,
        what: random.pick([
          "Text",
          "StateVector",
          "Encoding",
          "Pending",
          "Invariants",
          "json",
          "all",
        ]),
      };
    case "cut":
      return { op, pick: fraction(), since: fraction() };
    case "merge": {
      const picks = random.list(random.between(1, 5), fraction);
      const states = random.list(random.below(3), fraction);
      return { op, picks, states, since: random.chance(0.5) ? fraction() : null };
    }
    case "mark":
      return { ...common, at: place(random), assoc: random.pick([undefined, 0, -1, 1]) };
    case "lineCol":
      return { ...common, at: fraction() };
    default:
      return common; // undo, redo, stop, remember, snapshot
  }
}

/** Ends and starts are where things go wrong, and people type where others type. */
const place = (random) =>
  random.weighted([
    [1, 0],
    [1, 0.999999],
    [1, 0.5],
    [5, random.fraction()],
  ]);

function replica(random, clients, { gc = random.chance(0.7), mirrored = true }) {
  return { client: clients.next(), gc, mirrored };
}

/** Client ids that no two replicas share, of every encoded length. */
class ClientIds {
  #random;
  #used = new Set();

  constructor(random) {
    this.#random = random;
  }

  next() {
    const random = this.#random;
    for (;;) {
      const id = random.weighted([
        [4, random.below(8)],
        [
          2,
          random.pick([
            126,
            127,
            128,
            129,
            16383,
            16384,
            2 ** 21,
            2 ** 28 - 1,
            2 ** 31 - 1,
            2 ** 31,
            2 ** 32 - 1,
          ]),
        ],
        [10, random.u32()],
        [1, 2 ** 32 + random.u32() * 2 ** 20],
        [0.3, Number.MAX_SAFE_INTEGER],
      ]);
      if (this.#used.has(id)) continue;
      this.#used.add(id);
      return id;
    }
  }
}
